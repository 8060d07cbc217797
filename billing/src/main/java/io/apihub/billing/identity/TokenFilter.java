package io.apihub.billing.identity;

import io.apihub.billing.access.BearerCheck;
import io.apihub.billing.access.Caller;
import io.apihub.billing.access.SecurityLog;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Takes the bearer token of a request; what has none that works stays anonymous. */
final class TokenFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";

    private static final Logger LOG = LoggerFactory.getLogger(TokenFilter.class);

    private final List<BearerCheck> kinds;
    private final ProblemWriter problems;
    private final SecurityLog log;

    TokenFilter(List<BearerCheck> kinds, ProblemWriter problems, SecurityLog log) {
        this.kinds = List.copyOf(kinds);
        this.problems = problems;
        this.log = log;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            try {
                owner(header.substring(SCHEME.length()).strip())
                        .ifPresentOrElse(
                                TokenFilter::signIn,
                                () ->
                                        log.refused(
                                                SecurityLog.Kind.TOKEN,
                                                "nobody",
                                                request.getRemoteAddr(),
                                                "no token that is good"));
            } catch (DataAccessException e) {
                LOG.warn("database: {}", e.toString());
                problems.write(
                        response, Problem.unavailable("The database does not answer; try again."));
                return;
            }
        }
        chain.doFilter(request, response);
    }

    private Optional<Caller> owner(String token) {
        return kinds.stream().map(kind -> kind.check(token)).flatMap(Optional::stream).findFirst();
    }

    private static void signIn(Caller caller) {
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(
                UsernamePasswordAuthenticationToken.authenticated(caller, null, List.of()));
        SecurityContextHolder.setContext(context);
    }
}
