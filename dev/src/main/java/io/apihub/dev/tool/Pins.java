package io.apihub.dev.tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;

/** The pinned versions and checksums: {@code dev/tools/pins.properties}, packed into the jar. */
final class Pins {

    private final Properties values;

    private Pins(Properties values) {
        this.values = values;
    }

    static Pins packaged() {
        try (var in = resource("pins.properties")) {
            var values = new Properties();
            values.load(in);
            return new Pins(values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file of {@code dev/tools}, such as {@code etcd/go.sum}. */
    static InputStream resource(String path) {
        var in = Pins.class.getResourceAsStream("pins/" + path);
        if (in == null) {
            throw new IllegalStateException("dev/tools/" + path + " is not in the jar");
        }
        return in;
    }

    String version(String product) {
        return value(product + ".version");
    }

    /** How the version of a program that we did not fetch must begin. */
    String fits(String product) {
        return value(product + ".fits");
    }

    /** SHA-256 of the packages for the platforms we know, in hexadecimal. */
    List<String> sha256(String product) {
        return List.of(value(product + ".sha256").split(" ", -1));
    }

    private String value(String key) {
        var value = values.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("dev/tools/pins.properties has no " + key);
        }
        return value;
    }
}
