package io.apihub.billing.token;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.access.Scope;
import io.apihub.billing.problem.Problem;
import io.apihub.billing.token.CredentialOwners.Owner;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** The token endpoint of OAuth (RFC 6749, RFC 8693). */
@RestController
@Tag(name = "Tokens")
class TokenController {

    private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    private final CredentialOwners owners;
    private final AccessTokens tokens;

    TokenController(CredentialOwners owners, AccessTokens tokens) {
        this.owners = owners;
        this.tokens = tokens;
    }

    /** What may be asked; OpenAPI shows it. */
    record TokenRequest(
            @JsonProperty("grant_type") String grantType,
            @JsonProperty("client_id") @Nullable String clientId,
            @JsonProperty("client_secret") @Nullable String clientSecret,
            @JsonProperty("subject_token") @Nullable String subjectToken,
            @JsonProperty("subject_token_type") @Nullable String subjectTokenType,
            @Nullable String scope) {}

    /** A token, good for {@code expires_in} seconds. */
    record IssuedToken(
            @JsonProperty("access_token") String accessToken,
            @JsonProperty("issued_token_type") String issuedTokenType,
            @JsonProperty("token_type") String tokenType,
            @JsonProperty("expires_in") long expiresIn,
            String scope) {}

    /** Why there is none. */
    record OAuthError(String error, @JsonProperty("error_description") String errorDescription) {}

    @Operation(
            summary = "Get a short-lived token for a program",
            description =
                    "OAuth 2.0: grant_type client_credentials with the id and secret of a client"
                            + " (by HTTP Basic or in the form), or token exchange (RFC 8693) with a"
                            + " personal access token as subject_token. scope may ask for less than"
                            + " the credential has. Safe to repeat.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_FORM_URLENCODED_VALUE,
                                            schema = @Schema(implementation = TokenRequest.class))))
    @ApiResponse(responseCode = "200", description = "A token")
    @ApiResponse(
            responseCode = "400",
            description = "An error by RFC 6749 5.2; a problem if the form can't be read at all",
            content = {
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        schema = @Schema(implementation = OAuthError.class)),
                @Content(
                        mediaType = MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                        schema = @Schema(implementation = Problem.class))
            })
    @ApiResponse(
            responseCode = "401",
            description = "The client is not known",
            headers =
                    @Header(
                            name = "WWW-Authenticate",
                            required = true,
                            description = "Basic",
                            schema = @Schema(type = "string")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            schema = @Schema(implementation = OAuthError.class)))
    @SecurityRequirements
    @Permit(Level.ANYONE)
    @PostMapping(
            path = "/api/v1/token",
            consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<IssuedToken> token(
            @RequestBody MultiValueMap<String, String> fields,
            @Parameter(hidden = true) @RequestHeader(name = "Authorization", required = false)
                    @Nullable String authorization) {
        var form = new TokenForm(fields, authorization);
        var owner =
                switch (form.required("grant_type")) {
                    case "client_credentials" -> client(form.client());
                    case EXCHANGE -> subject(form);
                    default ->
                            throw new OAuthRefusal(
                                    "unsupported_grant_type",
                                    "Must be client_credentials or " + EXCHANGE + ".");
                };
        var scopes = scopes(form, owner);
        var minted = tokens.mint(owner, scopes);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(
                        new IssuedToken(
                                minted.token(),
                                ACCESS_TOKEN,
                                "Bearer",
                                minted.life().toSeconds(),
                                Scope.text(scopes)));
    }

    private Owner client(TokenForm.Client client) {
        return Secret.parse(CredentialKind.CLIENT, client.secret())
                .filter(secret -> secret.publicId().equals(client.id()))
                .flatMap(owners::find)
                .orElseThrow(OAuthRefusal::invalidClient);
    }

    private Owner subject(TokenForm form) {
        var token = form.required("subject_token");
        if (!form.required("subject_token_type").equals(ACCESS_TOKEN)) {
            throw OAuthRefusal.invalidRequest("subject_token_type must be " + ACCESS_TOKEN + ".");
        }
        return Secret.parse(CredentialKind.PERSONAL, token)
                .flatMap(owners::find)
                .orElseThrow(() ->
                        new OAuthRefusal(
                                "invalid_grant",
                                "subject_token is no personal access token that is good now."));
    }

    /** Less than the credential has may be asked for, never more. */
    private static Set<Scope> scopes(TokenForm form, Owner owner) {
        var has = owner.caller().scopes();
        return form.optional("scope")
                .map(text -> {
                    var asked = EnumSet.noneOf(Scope.class);
                    Arrays.stream(text.strip().split(" +", -1))
                            .map(word -> Scope.ofToken(word).filter(has::contains))
                            .forEach(scope -> asked.add(scope.orElseThrow(() -> beyond(has))));
                    return (Set<Scope>) asked;
                })
                .orElse(has);
    }

    private static OAuthRefusal beyond(Set<Scope> has) {
        return new OAuthRefusal("invalid_scope", "The credential has: " + Scope.text(has) + ".");
    }

    @ExceptionHandler
    ResponseEntity<OAuthError> refused(OAuthRefusal refusal) {
        boolean unknown = refusal.error().equals("invalid_client");
        var response =
                ResponseEntity.status(unknown ? 401 : 400)
                        .contentType(MediaType.APPLICATION_JSON)
                        .cacheControl(CacheControl.noStore());
        if (unknown) {
            response.header("WWW-Authenticate", "Basic realm=\"apihub\"");
        }
        return response.body(new OAuthError(refusal.error(), String.valueOf(refusal.getMessage())));
    }
}
