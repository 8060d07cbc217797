package io.apihub.dev.stack;

import java.nio.file.Path;

/** The JDK that we run on; our services run on the same. */
final class Jvm {

    private Jvm() {}

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
