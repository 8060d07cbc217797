package io.apihub.dev.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ToolboxTest {

    @TempDir private Path directory;

    private final List<String> progress = new ArrayList<>();
    private final FakeClient client = new FakeClient();

    @Test
    void theVariableWinsOverThePath() throws Exception {
        program("path/etcd", "etcd Version: 3.6.9");
        var named = program("mine/etcd", "etcd Version: 9.9.9");

        var found = toolbox(Map.of("APIHUB_ETCD", named.toString(), "PATH", path())).etcd();

        assertThat(found).isEqualTo(named);
    }

    @Test
    void aVariableThatPointsNowhereIsAnErrorThatNamesIt() {
        assertThatThrownBy(() -> toolbox(Map.of("APIHUB_ENVOY", "/no/envoy")).envoy())
                .isInstanceOf(ToolUnavailable.class)
                .hasMessage("APIHUB_ENVOY=/no/envoy is no program that can be run");
    }

    @Test
    void aFittingProgramOnThePathIsTaken() throws Exception {
        var etcd = program("path/etcd", "etcd Version: 3.6.9");

        assertThat(toolbox(Map.of("PATH", path())).etcd()).isEqualTo(etcd);
        assertThat(client.fetches).isZero();
    }

    @Test
    void aProgramOfAnotherVersionIsPassedOver() throws Exception {
        program("path/etcd", "etcd Version: 13.6.1");

        var found = toolbox(Map.of("PATH", path())).etcd();

        assertThat(found).startsWith(directory.resolve("cache"));
        assertThat(progress).containsExactly("fetching etcd");
    }

    @Test
    void whatWasFetchedOnceIsFoundInTheCache() {
        var first = toolbox(Map.of()).etcd();

        assertThat(toolbox(Map.of()).etcd()).isEqualTo(first);
        assertThat(client.fetches).isEqualTo(1);
    }

    @Test
    void otherPinsAreFetchedAnew() {
        var first = toolbox(Map.of()).etcd();
        client.fingerprint = "other";

        assertThat(toolbox(Map.of()).etcd()).isNotEqualTo(first);
        assertThat(client.fetches).isEqualTo(2);
    }

    @Test
    void aDamagedDownloadLeavesNothingAndSaysWhatWasTried() throws Exception {
        program("path/etcd", "etcd Version: 2.0.0");
        client.failure = "checksum of etcd.zip does not match";

        assertThatThrownBy(() -> toolbox(Map.of("PATH", path())).etcd())
                .isInstanceOf(ToolUnavailable.class)
                .hasMessageContainingAll(
                        "etcd 3.6.8", "APIHUB_ETCD", "path/etcd (not version 3.6.x)", "checksum");
        client.failure = "";
        assertThat(toolbox(Map.of()).etcd()).isExecutable();
    }

    @Test
    void aCacheThatCanNotBeMadeIsAnErrorThatNamesItsVariable() throws Exception {
        Files.createFile(directory.resolve("cache"));

        assertThatThrownBy(() -> toolbox(Map.of()).etcd())
                .isInstanceOf(ToolUnavailable.class)
                .hasMessageContainingAll("APIHUB_CACHE", directory.resolve("cache").toString());
    }

    @Test
    void runsAtTheSameTimeFetchOnce() throws Exception {
        Callable<Path> find = () -> toolbox(Map.of()).etcd();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var found : threads.invokeAll(List.of(find, find, find, find))) {
                assertThat(found.get()).isExecutable();
            }
        }

        assertThat(client.fetches).isEqualTo(1);
    }

    @Test
    void everyProductIsPinned() {
        var pins = Pins.packaged();

        for (var tool : Tool.values()) {
            assertThat(pins.version(tool.product())).startsWith(pins.fits(tool.product()));
        }
        assertThat(pins.sha256("envoy")).allMatch(sha -> sha.matches("[0-9a-f]{64}"));
    }

    private Toolbox toolbox(Map<String, String> environment) {
        var cache = new ToolCache(directory.resolve("cache"), progress::add);
        return new Toolbox(environment, Pins.packaged(), cache, Map.of("etcd", client));
    }

    private String path() {
        return "/nowhere::" + directory.resolve("path");
    }

    private Path program(String name, String version) throws IOException {
        var file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return executable(file, "#!/bin/sh\necho '" + version + "'\n");
    }

    private static Path executable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static final class FakeClient implements PackageClient {
        private int fetches;
        private String fingerprint = "pins";
        private String failure = "";

        @Override
        public String describe(String product) {
            return "fetching " + product;
        }

        @Override
        public String fingerprint(String product) {
            return fingerprint;
        }

        @Override
        public void fetch(String product, Path into) throws IOException {
            fetches++;
            executable(into.resolve(product), "#!/bin/sh\n");
            if (!failure.isEmpty()) {
                throw new IOException(failure);
            }
        }
    }
}
