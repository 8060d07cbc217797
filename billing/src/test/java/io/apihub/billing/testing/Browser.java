package io.apihub.billing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A browser with our page: keeps the cookie, and sends the CSRF token with every change. */
public final class Browser {

    public static final String COOKIE = "__Host-apihub";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final RunningBilling billing;
    private final Map<String, String> others = new LinkedHashMap<>();
    private @Nullable String cookie;
    private @Nullable String csrfToken;

    public Browser(RunningBilling billing) {
        this.billing = billing;
    }

    /** Logs in, and expects that to work. */
    public Browser logIn(String email, String password) {
        var answer = post("/api/v1/session", Map.of("email", email, "password", password));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        csrfToken = RunningBilling.json(answer).get("csrfToken").asString();
        return this;
    }

    /** Reads the CSRF token anew. */
    public Browser reload() {
        csrfToken = RunningBilling.json(get("/api/v1/session")).get("csrfToken").asString();
        return this;
    }

    public HttpResponse<String> get(String path) {
        return send("GET", path, null, csrfToken);
    }

    public HttpResponse<String> post(String path, Object body) {
        return send("POST", path, body, csrfToken);
    }

    public HttpResponse<String> put(String path, Object body) {
        return send("PUT", path, body, csrfToken);
    }

    public HttpResponse<String> patch(String path, Object body) {
        return send("PATCH", path, body, csrfToken);
    }

    public HttpResponse<String> delete(String path) {
        return send("DELETE", path, null, csrfToken);
    }

    /** A request with a CSRF token of one's choice and further headers, by name and value. */
    public HttpResponse<String> send(
            String method,
            String path,
            @Nullable Object body,
            @Nullable String csrf,
            String... headers) {
        var request =
                billing.request(path)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(
                                                body instanceof String text
                                                        ? text
                                                        : JSON.writeValueAsString(body)));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        var cookies = new ArrayList<String>();
        if (cookie != null) {
            cookies.add(COOKIE + "=" + cookie);
        }
        others.forEach((name, value) -> cookies.add(name + "=" + value));
        if (!cookies.isEmpty()) {
            request.header("Cookie", String.join("; ", cookies));
        }
        if (csrf != null) {
            request.header("X-CSRF-Token", csrf);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        var answer = billing.send(request);
        answer.headers().allValues("Set-Cookie").forEach(this::keep);
        return answer;
    }

    private void keep(String setCookie) {
        var pair = setCookie.substring(0, setCookie.indexOf(';')).split("=", 2);
        if (pair[0].equals(COOKIE)) {
            cookie = pair[1].isEmpty() ? null : pair[1];
        } else if (pair[1].isEmpty()) {
            others.remove(pair[0]);
        } else {
            others.put(pair[0], pair[1]);
        }
    }

    public @Nullable String cookie() {
        return cookie;
    }

    public @Nullable String csrfToken() {
        return csrfToken;
    }

    /** Goes on with a cookie of one's choice. */
    public Browser withCookie(@Nullable String value) {
        cookie = value;
        return this;
    }
}
