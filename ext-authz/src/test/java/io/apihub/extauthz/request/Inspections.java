package io.apihub.extauthz.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.extauthz.request.RequestInspector.Subject;
import io.apihub.model.usage.Dialect;
import java.nio.charset.StandardCharsets;

/** Bodies shown to an inspector. */
final class Inspections {

    private static final String GEMINI_PATH = "/v1beta/models/gemini-pro:generateContent";

    private Inspections() {}

    static Inspection.Request accepted(Dialect dialect, String body) {
        var inspection = inspect(dialect, body);
        assertThat(inspection).as(body).isInstanceOf(Inspection.Request.class);
        return (Inspection.Request) inspection;
    }

    static Inspection inspect(Dialect dialect, String body) {
        // Not at the start of the array, as in a message from Envoy.
        var bytes = ("??" + body + "??").getBytes(StandardCharsets.UTF_8);
        var path = dialect == Dialect.GEMINI ? GEMINI_PATH : "/v1/x";
        return new RequestInspector()
                .inspect(new Subject(dialect, path, "", new Body(bytes, 2, bytes.length - 4)));
    }
}
