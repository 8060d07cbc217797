package io.apihub.dev.stack;

import io.apihub.model.key.ApiKeySecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The secrets of one installation: made at its first start, each in a file of its own. */
final class Secrets {

    private final DataDirectory data;
    private final SecureRandom random;

    Secrets(DataDirectory data, SecureRandom random) {
        this.data = data;
        this.random = random;
    }

    /** Where the plaintext of the demo key lies. */
    Path demoKeyFile() {
        return data.path("demo-key");
    }

    ApiKeySecret demoKey() throws IOException {
        if (!Files.exists(demoKeyFile())) {
            data.writePrivately(demoKeyFile(), ApiKeySecret.mint(random).reveal());
        }
        return ApiKeySecret.parse(Files.readString(demoKeyFile()).strip())
                .orElseThrow(() -> new StackFailure(demoKeyFile() + " holds no key; delete it"));
    }

    String cliProxyKey() throws IOException {
        return random("cliproxyapi/api-key");
    }

    String modelServerKey() throws IOException {
        return random("model-server-key");
    }

    /** Shared with the simulated payment platform: 32 characters, as real ones have it. */
    String paymentKey() throws IOException {
        return random("epay-key").substring(0, 32);
    }

    private String random(String name) throws IOException {
        var file = data.path(name);
        if (!Files.exists(file)) {
            var bytes = new byte[24];
            random.nextBytes(bytes);
            data.writePrivately(file, HexFormat.of().formatHex(bytes));
        }
        return Files.readString(file);
    }
}
