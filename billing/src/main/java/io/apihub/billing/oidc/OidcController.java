package io.apihub.billing.oidc;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.identity.BrowserEntry;
import io.apihub.billing.mail.Mails;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Logging in at an OpenID provider. */
@RestController
@Tag(name = "Session")
class OidcController {

    private static final Logger LOG = LoggerFactory.getLogger(OidcController.class);
    private static final String COOKIE = "__Host-apihub-oidc";

    private final OidcFlow flow;
    private final BrowserEntry entry;
    private final Mails mails;

    OidcController(OidcFlow flow, BrowserEntry entry, Mails mails) {
        this.flow = flow;
        this.entry = entry;
        this.mails = mails;
    }

    /**
     * How people may log in here, besides by password.
     *
     * @param oidc at the OpenID provider: send the browser to /api/v1/session/oidc
     * @param mail forgotten passwords are reset by mail
     */
    record LogInWays(boolean oidc, boolean mail) {}

    @Operation(summary = "How people may log in here, besides by password")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @GetMapping("/api/v1/session/ways")
    LogInWays ways() {
        return new LogInWays(flow.isOn(), mails.isOn());
    }

    @Operation(
            summary = "Log in at the OpenID provider",
            description =
                    "For browsers: sends them to the provider, which sends them back to"
                            + " /api/v1/session/oidc/callback.")
    @ApiResponse(
            responseCode = "303",
            description =
                    "To the provider; or to /log-in with the reason behind the #: oidc=provider",
            headers =
                    @Header(
                            name = "Location",
                            required = true,
                            description = "The provider's authorization endpoint, or /log-in",
                            schema = @Schema(type = "string", format = "uri-reference")))
    @ApiResponse(responseCode = "409", ref = "Problem")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @GetMapping("/api/v1/session/oidc")
    ResponseEntity<Void> begin(
            @Parameter(description = "Path of this site to go to afterwards")
                    @RequestParam(defaultValue = "/")
                    String next,
            HttpServletRequest request) {
        entry.count(request);
        var begun = flow.begin(next);
        try {
            return to(flow.authorization(begun), cookie(flow.sealed(begun), OidcFlow.PENDING));
        } catch (OidcRefusal e) {
            return refused(e);
        }
    }

    @Operation(
            summary = "Where the OpenID provider sends browsers back to",
            description =
                    "Ends at the path that was asked for, or at /log-in with the reason behind the"
                            + " #: oidc=expired, refused, provider, email-not-verified,"
                            + " domain-not-allowed, account-not-verified, no-account or disabled;"
                            + " step=second-factor if a code is to follow.")
    @ApiResponse(
            responseCode = "303",
            description = "On to the portal",
            headers =
                    @Header(
                            name = "Location",
                            required = true,
                            description = "A path of this site",
                            schema = @Schema(type = "string", format = "uri-reference")))
    @ApiResponse(responseCode = "409", ref = "Problem")
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @GetMapping(OidcFlow.CALLBACK)
    ResponseEntity<Void> callback(
            @Parameter(hidden = true) @RequestParam MultiValueMap<String, String> answer,
            HttpServletRequest request) {
        entry.count(request);
        try {
            var begun = flow.begun(of(request));
            var entered = entry.enter(flow.finish(begun, answer.toSingleValueMap()), request);
            var cookies =
                    Stream.concat(entered.cookies().stream(), Stream.of(cookie("", Duration.ZERO)));
            return to(
                    entered.complete()
                            ? URI.create(begun.next())
                            : URI.create(
                                    "/log-in#step=second-factor&next="
                                            + URLEncoder.encode(
                                                    begun.next(), StandardCharsets.UTF_8)),
                    cookies.toArray(String[]::new));
        } catch (OidcRefusal e) {
            return refused(e);
        }
    }

    private static ResponseEntity<Void> refused(OidcRefusal refusal) {
        LOG.info("no log-in by the provider: {}", refusal.getMessage());
        var reason = refusal.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return to(URI.create("/log-in#oidc=" + reason), cookie("", Duration.ZERO));
    }

    private static ResponseEntity<Void> to(URI location, String... cookies) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(location)
                .header(HttpHeaders.SET_COOKIE, cookies)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                // The code in this address is nobody else's business.
                .header("Referrer-Policy", "no-referrer")
                .build();
    }

    private static @Nullable String of(HttpServletRequest request) {
        return Stream.ofNullable(request.getCookies())
                .flatMap(Arrays::stream)
                .filter(cookie -> cookie.getName().equals(COOKIE))
                .map(Cookie::getValue)
                .findFirst()
                .orElse(null);
    }

    /** Lax: the provider's page sends the browser here. */
    private static String cookie(String value, Duration age) {
        return ResponseCookie.from(COOKIE, value)
                .path("/")
                .secure(true)
                .httpOnly(true)
                .sameSite("Lax")
                .maxAge(age)
                .build()
                .toString();
    }
}
