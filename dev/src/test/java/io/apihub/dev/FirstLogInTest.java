package io.apihub.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstLogInTest {

    @Test
    void theOneTimePasswordIsShownByTheFirstStartOnly(@TempDir Path data) throws IOException {
        var file = data.resolve("admin-password");
        var first = FirstLogIn.before(file);
        Files.writeString(file, "correct-horse\n");

        assertThat(first.text()).contains("one-time password correct-horse ", file.toString());
        var second = FirstLogIn.before(file).text();
        assertThat(second).contains("first password in " + file).doesNotContain("correct");

        Files.delete(file);
        assertThat(FirstLogIn.before(file).text()).doesNotContain("password", file.toString());
    }
}
