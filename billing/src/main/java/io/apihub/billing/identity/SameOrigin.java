package io.apihub.billing.identity;

import io.apihub.billing.settings.Settings;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Whether a browser says that a request comes from another site. Programs that are no browsers say
 * nothing, and are let through: what they could forge, the CSRF token guards.
 */
@Component
class SameOrigin {

    private static final Set<String> OWN = Set.of("same-origin", "none");

    private final @Nullable URI publicUrl;

    SameOrigin(Settings settings) {
        this.publicUrl = settings.identity().publicUrl();
    }

    boolean allows(HttpServletRequest request) {
        var site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !OWN.contains(site)) {
            return false;
        }
        var origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin == null || isOurs(origin, request);
    }

    private boolean isOurs(String origin, HttpServletRequest request) {
        if (publicUrl != null) {
            return publicUrl.toString().equalsIgnoreCase(origin);
        }
        try {
            var host = new URI(origin).getRawAuthority();
            return host != null
                    && host.equalsIgnoreCase(
                            Objects.requireNonNullElse(request.getHeader(HttpHeaders.HOST), ""));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
