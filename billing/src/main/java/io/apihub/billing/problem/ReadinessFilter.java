package io.apihub.billing.problem;

import io.apihub.billing.database.DatabaseGate;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** While the database is away, the API says so at once. */
@Component
class ReadinessFilter extends OncePerRequestFilter {

    private final DatabaseGate gate;
    private final ProblemWriter problems;

    ReadinessFilter(DatabaseGate gate, ProblemWriter problems) {
        this.gate = gate;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = request.getRequestURI();
        return gate.isOpen() || !(path.startsWith("/api/v1/") || path.startsWith("/k8s/"));
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Retry-After", "1");
        problems.write(
                response, Problem.unavailable("billing waits for " + gate.waitingFor() + "."));
    }
}
