package io.apihub.e2e;

import io.apihub.dev.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.util.ExceptionUtils;

/**
 * Gives tests the {@link Product}: one for the whole JVM, started when the first test wants it. Its
 * data and logs stay in {@code target/product} for a look after a failure.
 */
class ProductExtension implements ParameterResolver {

    /** Longer than any request of a test, and short enough to wait for what was cut off. */
    private static final Duration LONGEST_STREAM = Duration.ofSeconds(20);

    private static final Duration SETTLE_MARGIN = Duration.ofSeconds(5);
    private static final Path DIRECTORY = Path.of("target", "product");

    /** How to start it. */
    StackOptions options(Path directory) {
        return StackOptions.demo(directory, System.err::println)
                .times(LONGEST_STREAM, SETTLE_MARGIN);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Product.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return store(context, getClass())
                .computeIfAbsent(Product.class, type -> start(), Product.class);
    }

    /** Where the product of an extension is while it runs. */
    static Store store(ExtensionContext context, Class<? extends ProductExtension> extension) {
        return context.getRoot().getStore(Namespace.create(extension));
    }

    private Product start() {
        try {
            Files.createDirectories(DIRECTORY);
            return Product.start(options(Files.createTempDirectory(DIRECTORY, "run")));
        } catch (IOException | InterruptedException e) {
            throw ExceptionUtils.throwAsUncheckedException(e);
        }
    }
}
