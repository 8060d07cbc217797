package io.apihub.extauthz.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apihub.model.usage.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputLimitTest {

    private static final ObjectMapper TREE = new ObjectMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "OPENAI_CHAT | {'model':'m','max_tokens':900} | {'model':'m','max_tokens':300}",
                "OPENAI_CHAT | {'max_tokens': 900 ,'max_completion_tokens':900,'model':'m'}"
                        + " | {'max_tokens':300,'max_completion_tokens':300,'model':'m'}",
                "OPENAI_CHAT | {'model':'m','max_completion_tokens':null}"
                        + " | {'model':'m','max_completion_tokens':300}",
                "OPENAI_CHAT | {'model':'m','messages':[]}"
                        + " | {'max_tokens':300,'model':'m','messages':[]}",
                "OPENAI_CHAT | {'model':'m','stream':true}"
                        + " | {'model':'m','stream':true,'max_tokens':300,"
                        + "'stream_options':{'include_usage':true}}",
                "OPENAI_COMPLETIONS | {'model':'m'} | {'max_tokens':300,'model':'m'}",
                "OPENAI_RESPONSES | {'model':'m'} | {'max_output_tokens':300,'model':'m'}",
                "OPENAI_RESPONSES | {'max_output_tokens':5000,'model':'m'}"
                        + " | {'max_output_tokens':300,'model':'m'}",
                "ANTHROPIC | {'model':'m','max_tokens':1000} | {'model':'m','max_tokens':300}",
                "GEMINI | {'contents':[]}"
                        + " | {'generationConfig':{'maxOutputTokens':300},'contents':[]}",
                "GEMINI | {'contents':[],'generationConfig':{}}"
                        + " | {'contents':[],'generationConfig':{'maxOutputTokens':300}}",
                "GEMINI | {'contents':[],'generationConfig': null }"
                        + " | {'contents':[],'generationConfig':{'maxOutputTokens':300}}",
                "GEMINI | {'generationConfig':{'temperature':1},'contents':[]} |"
                        + " {'generationConfig':{'maxOutputTokens':300,'temperature':1},'contents':[]}",
                "GEMINI | {'generation_config':{'max_output_tokens':2000}}"
                        + " | {'generation_config':{'max_output_tokens':300}}"
            })
    void everyNameOfTheLimitIsLowered(Dialect dialect, String body, String lowered)
            throws JsonProcessingException {
        var json = body.trim().replace('\'', '"');
        var request = Inspections.accepted(dialect, json);
        var limit = Objects.requireNonNull(request.limit());

        var edits = Splices.of(request, request.model(), true, limit.lowerTo(300));

        assertThat(TREE.readTree(edited(json, edits)))
                .isEqualTo(TREE.readTree(lowered.trim().replace('\'', '"')));
    }

    private static String edited(String json, List<Edit> edits) {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        var out = new StringBuilder();
        int from = 0;
        for (var edit : edits) {
            out.append(new String(bytes, from, edit.at() - from, StandardCharsets.UTF_8));
            out.append(edit.insert());
            from = edit.at() + edit.delete();
        }
        return out.append(new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8))
                .toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'model':'m','thinking':{'type':'enabled','budget_tokens':2048}} | 2048",
                "{'model':'m','thinking':{'type':'disabled'}} | 0",
                "{'model':'m','thinking':null} | 0"
            })
    void whatIsThoughtIsKnown(String body, long tokens) {
        var request = Inspections.accepted(Dialect.ANTHROPIC, body.replace('\'', '"'));

        assertThat(Objects.requireNonNull(request.limit()).thinking()).isEqualTo(tokens);
    }
}
