package io.apihub.e2e;

import io.apihub.dev.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
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

    private static StackOptions options(Path directory) {
        return StackOptions.demo(directory, System.err::println)
                .times(LONGEST_STREAM, SETTLE_MARGIN);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Product.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return product(context);
    }

    /** Starts it, if it does not run yet. */
    static Product product(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(ProductExtension.class))
                .computeIfAbsent(Product.class, type -> start(), Product.class);
    }

    private static Product start() {
        try {
            Files.createDirectories(DIRECTORY);
            return Product.start(options(Files.createTempDirectory(DIRECTORY, "run")));
        } catch (IOException | InterruptedException e) {
            throw ExceptionUtils.throwAsUncheckedException(e);
        }
    }
}
