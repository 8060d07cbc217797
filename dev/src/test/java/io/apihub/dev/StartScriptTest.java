package io.apihub.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shell part of {@code start.sh}, in a checkout of its own with programs that do nothing. */
class StartScriptTest {

    private static final List<String> NEEDED =
            List.of(
                    "bash",
                    "cat",
                    "dirname",
                    "find",
                    "grep",
                    "head",
                    "mktemp",
                    "mv",
                    "readlink",
                    "rm",
                    "sed",
                    "sort",
                    "touch");

    private static final List<String> SERVICES = List.of("operator", "ext-authz", "billing");

    @TempDir private Path temporary;

    /** With a space, as a home directory may have one. */
    private Path checkout;

    private Path path;
    private Path jdk;

    /** How a run ended, and what it said. */
    private record Run(int exit, String out, String error) {}

    @BeforeEach
    void checkout() throws IOException {
        checkout = temporary.resolve("my checkout");
        path = Files.createDirectories(temporary.resolve("bin"));
        jdk = temporary.resolve("my jdk");
        Files.createDirectories(checkout.resolve("dev/tools"));
        Files.copy(Path.of("../start.sh"), checkout.resolve("start.sh"));
        // Only the JDKs of this test are on its machine.
        var mvnw = Files.readString(Path.of("../mvnw"));
        var places = mvnw.replaceAll(" (/usr/lib/jvm|/opt|/Library)/", " /nowhere/");
        assertThat(places).isNotEqualTo(mvnw);
        script(checkout.resolve("mvnw"), places);
        for (var module :
                List.of("model", "proto", "crds", "dev", "operator", "ext-authz", "billing")) {
            Files.createDirectories(checkout.resolve(module + "/src/main"));
            Files.createFile(checkout.resolve(module + "/pom.xml"));
        }
        Files.createFile(checkout.resolve("pom.xml"));
        var help = checkout.resolve("dev/src/main/resources/io/apihub/dev/help.txt");
        Files.createDirectories(help.getParent());
        Files.writeString(help, "what it can do\n");
        for (var program : NEEDED) {
            provide(program);
        }
    }

    private void provide(String program) throws IOException {
        script(path.resolve(program), "#!/bin/sh\nexec '%s' \"$@\"\n".formatted(onPath(program)));
    }

    private static Path onPath(String program) {
        for (var directory : System.getenv("PATH").split(":", -1)) {
            var file = Path.of(directory, program);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new IllegalStateException("no " + program + " on the PATH");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void installJdk() throws IOException {
        script(jdk.resolve("bin/javac"), "#!/usr/bin/env bash\necho javac 25.0.1\n");
        script(
                jdk.resolve("bin/java"),
                "#!/usr/bin/env bash\nprintf '<%s>\\n' \"$JAVA_HOME\" \"$@\"\n");
    }

    /** A Maven that says what it was asked, and builds the jars. */
    private void installMaven() throws IOException {
        var lines = new ArrayList<String>();
        lines.add("#!/usr/bin/env bash");
        lines.add("if [ \"$1\" = --version ]; then echo 'Apache Maven 3.9.16'; exit; fi");
        lines.add("echo \"[INFO] Building dev 1.0\"");
        lines.add("echo \"$@\" > asked");
        for (var module : List.of("dev", "operator", "ext-authz", "billing")) {
            lines.add("mkdir -p %1$s/target; : > %1$s/target/%1$s.jar".formatted(module));
        }
        provide("mkdir");
        script(path.resolve("mvn"), String.join("\n", lines) + "\n");
    }

    private void build() throws IOException {
        var jars = new ArrayList<>(List.of(checkout.resolve("dev/target/dev.jar")));
        SERVICES.forEach(
                module -> jars.add(checkout.resolve(module + "/target/" + module + ".jar")));
        for (var jar : jars) {
            Files.createDirectories(jar.getParent());
            Files.createFile(jar);
        }
        var stamp = Files.createFile(checkout.resolve("dev/target/built-by-start"));
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(60)));
    }

    private Run start(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(checkout.resolve("start.sh").toString()));
        command.addAll(List.of(arguments));
        var out = temporary.resolve("out");
        var error = temporary.resolve("error");
        var builder =
                new ProcessBuilder(command)
                        .directory(temporary.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(error.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", path.toString());
        builder.environment().put("HOME", temporary.toString());
        builder.environment().put("JAVA_HOME", jdk.toString());
        var process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(error));
    }

    @ParameterizedTest
    @CsvSource({
        "--frob, unknown flag --frob",
        "mint --frob, unknown flag --frob",
        "frob, unknown flag frob",
        "-h, unknown flag -h",
        "--data, --data needs a value",
        "--data --smoke, --data needs a value",
        "--smoke demo, unknown flag demo",
        "mint --tenant a mint, unknown flag mint"
    })
    void aWrongFlagIsNamedBeforeAnythingIsLookedFor(String arguments, String message)
            throws Exception {
        assertThat(start(arguments.split(" ", -1)))
                .isEqualTo(new Run(2, "", "start.sh: " + message + "; try --help\n"));
    }

    @Test
    void helpNeedsNothing() throws Exception {
        assertThat(start("--port", "1", "--help")).isEqualTo(new Run(0, "what it can do\n", ""));
        assertThat(start("--help")).isEqualTo(new Run(0, "what it can do\n", ""));
    }

    @Test
    void withoutAJdkItSaysWhereItLookedAndWhatToInstall() throws Exception {
        script(jdk.resolve("bin/javac"), "#!/usr/bin/env bash\necho javac 21.0.1\n");

        var run = start();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.error()).contains("no JDK 25 found", "JAVA_HOME", "temurin-25-jdk");
    }

    @Test
    void withoutMavenItSaysWhatToInstall() throws Exception {
        installJdk();

        var run = start();

        assertThat(run.exit()).isNotZero();
        assertThat(run.error()).contains("no Maven found on the PATH", "apt-get install maven");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void whatIsBuiltIsRunWithTheArgumentsAsTheyAre() throws Exception {
        installJdk();
        build();

        var run = start("mint", "--tenant", "a b", "--out", "*");

        assertThat(run.exit()).as(run.error()).isZero();
        assertThat(run.out().lines())
                .startsWith("<" + jdk + ">")
                .contains("<-Dapihub.home=" + checkout + ">")
                .containsSubsequence("<-jar>", "<" + checkout.resolve("dev/target/dev.jar") + ">")
                .endsWith("<mint>", "<--tenant>", "<a b>", "<--out>", "<*>");
    }

    @Test
    void whatIsMissingOrOldIsBuiltFirst() throws Exception {
        installJdk();
        installMaven();
        var asked = checkout.resolve("asked");

        assertThat(start("--data", "d").exit()).isZero();
        assertThat(Files.readString(asked))
                .contains("-pl dev,operator,ext-authz,billing -am package", "-DskipTests");

        Files.delete(asked);
        assertThat(start().error()).doesNotContain("building");
        assertThat(asked).doesNotExist();

        var changed = Files.createFile(checkout.resolve("crds/src/main/New.java"));
        Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(60)));
        var run = start();
        assertThat(run.error()).contains("building dev");
        assertThat(run.out()).contains("dev.jar");
        assertThat(asked).exists();
    }

    @Test
    void aStartIsRehearsedOnceAfterABuildAndItsClassesAreUsed() throws Exception {
        installJdk();
        installMaven();
        var classes = checkout.resolve("dev/target/dev.jsa");

        assertThat(start("mint", "--tenant", "a").error()).doesNotContain("rehears");
        assertThat(start("--smoke").error()).doesNotContain("rehears");
        var first = start("--data", "d");

        assertThat(first.error().lines())
                .containsSubsequence("<-XX:ArchiveClassesAtExit=" + classes + ">", "<rehearse>");
        // This machine's java wrote nothing down.
        assertThat(first.out()).contains("<--data>").doesNotContain("Archive");
        assertThat(start("--data", "d").error()).doesNotContain("rehears");

        Files.createFile(classes);
        assertThat(start("--data", "d").out()).contains("<-XX:SharedArchiveFile=" + classes + ">");
    }
}
