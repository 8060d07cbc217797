package io.apihub.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mvn} on the machine's own JDK, which may be 17, says to use {@code ./mvnw}. */
class PlainMavenTest {

    @Test
    void anOlderJdkStartsWithTheFlagsOfTheBuild() throws IOException {
        var flags = Files.readString(Path.of("../.mvn/jvm.config")).strip().split("\\s+");

        assertThat(flags)
                .isNotEmpty()
                .allMatch(flag ->
                        flag.matches("--(add-exports|add-opens|enable-native-access)=.+|-X.+"));
    }

    @Test
    void theBuildSaysWhatToDoOnAnotherJdkOrWithAnOlderMaven() throws IOException {
        var build = Files.readString(Path.of("../pom.xml"));

        for (var rule : new String[] {"requireJavaVersion", "requireMavenVersion"}) {
            assertThat(build)
                    .containsPattern(
                            "<%s><version>[^<]+</version><message>[^<]*Use \\./mvnw"
                                    .formatted(rule));
        }
    }
}
