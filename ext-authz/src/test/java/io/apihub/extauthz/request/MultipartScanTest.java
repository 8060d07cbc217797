package io.apihub.extauthz.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.extauthz.request.RequestInspector.Body;
import io.apihub.extauthz.request.RequestInspector.Subject;
import io.apihub.model.usage.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartScanTest {

    private static final String TYPE = "multipart/form-data; boundary=XyZ";
    private static final String MODEL = part("name=\"model\"", "whisper-1");
    private static final String FILE = part("name=\"file\"; filename=\"a.wav\"", "\u0001\u0002");

    @Test
    void theModelIsReadAndItsPlaceKnown() {
        var form = FILE + MODEL + part("name=\"stream\"", "true") + "--XyZ--\r\n";

        var request = (Inspection.Request) inspect(TYPE, form);

        assertThat(request.model()).isEqualTo("whisper-1");
        assertThat(request.stream()).isTrue();
        assertThat(request.unseenState()).isTrue();
        assertThat(request.modelPlace()).isNotNull();
        var edits = Splices.of(request, "w", true, List.of());
        assertThat(edits).hasSize(1);
        assertThat(form.substring(edits.getFirst().at())).startsWith("whisper-1\r\n");
        assertThat(edits.getFirst().insert()).isEqualTo("w");
    }

    @Test
    void aFileThatIsCutOffDoesNotMatterAfterTheModel() {
        var form = MODEL + "--XyZ\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc";

        assertThat(inspect("multipart/form-data; boundary=\"XyZ\"", form))
                .isInstanceOf(Inspection.Request.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "--XyZ--\r\n",
                "--XyZ\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\ncut",
                "--XyZ\r\nContent-Disposition: form-data; name=\"Model\"\r\n\r\nm\r\n--XyZ--",
                "--XyZ\r\nContent-Disposition: form-data; name=\"model\"; name=\"x\"\r\n\r\nm\r\n--XyZ--",
                "--XyZ\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n--XyZ\r\n"
                        + "Content-Disposition: form-data; name=\"model\"\r\n\r\nn\r\n--XyZ--",
                "--XyZ\nContent-Disposition: form-data; name=\"model\"\n\nm\n--XyZ--",
            })
    void aFormThatNamesNoModelOrTwoIsRefused(String form) {
        assertThat(inspect(TYPE, form)).isInstanceOf(Inspection.Malformed.class);
    }

    @Test
    void anotherContentTypeIsRefused() {
        assertThat(inspect("application/json", MODEL)).isInstanceOf(Inspection.Malformed.class);
    }

    private static String part(String disposition, String content) {
        return "--XyZ\r\nContent-Disposition: form-data; "
                + disposition
                + "\r\n\r\n"
                + content
                + "\r\n";
    }

    private static Inspection inspect(String contentType, String form) {
        var bytes = form.getBytes(StandardCharsets.ISO_8859_1);
        return new RequestInspector()
                .inspect(
                        new Subject(
                                Dialect.OPENAI_MULTIPART,
                                "/v1/audio/transcriptions",
                                contentType,
                                new Body(bytes, 0, bytes.length)));
    }
}
