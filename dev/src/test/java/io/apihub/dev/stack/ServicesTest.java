package io.apihub.dev.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServicesTest {

    @TempDir private Path temporary;

    /**
     * The JVM takes classes only with the modules' flags that they were written with, and says so
     * in the service's log otherwise; so the jar's manifest has them.
     */
    @Test
    void noFlagThatClassesWouldNotGoWith() throws Exception {
        var jar = temporary.resolve("ext-authz/target/ext-authz.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));
        Files.createFile(jar.resolveSibling("ext-authz.jsa"));
        var options = StackOptions.demo(temporary.resolve("data"), line -> {});
        var ports = StackPorts.choose(temporary.resolve("ports"), 0, 1);
        try (var data = DataDirectory.open(options.data())) {
            var place = GatewayPlace.of(0, data);
            for (var one : List.of(options, options.asRehearsal())) {
                var services = new Services(new Checkout(temporary), data, ports, one);

                var command = services.extAuthz(place).command();

                assertThat(command)
                        .contains("-jar", jar.toString())
                        .anyMatch(flag -> flag.endsWith("ext-authz.jsa"))
                        .noneMatch(flag -> flag.startsWith("--"));
            }
        }
    }
}
