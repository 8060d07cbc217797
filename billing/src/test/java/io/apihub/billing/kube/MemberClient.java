package io.apihub.billing.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Uses /k8s as somebody. */
record MemberClient(RunningBilling billing, String token) {

    HttpResponse<String> send(
            String method, String path, @Nullable String body, String... headers) {
        var publisher =
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body);
        var request =
                billing.request(path)
                        .header("Authorization", "Bearer " + token)
                        .header(
                                "Content-Type",
                                method.equals("PATCH")
                                        ? "application/merge-patch+json"
                                        : "application/json")
                        .method(method, publisher);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return billing.send(request);
    }

    static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return RunningBilling.json(response);
    }

    static void refused(
            HttpResponse<String> response, int status, String type, @Nullable String field) {
        var problem = json(response, status);
        assertThat(problem.path("type").asString()).isEqualTo("urn:apihub:problem:" + type);
        assertThat(problem.path("field").asString("")).isEqualTo(field == null ? "" : field);
    }
}
