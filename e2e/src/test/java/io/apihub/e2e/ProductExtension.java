package io.apihub.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.util.ExceptionUtils;

/**
 * Gives tests the {@link Product}: one for the whole JVM, started when the first test wants it. Its
 * data and logs stay in {@code target/product} for a look after a failure.
 */
final class ProductExtension implements ParameterResolver {

    private static final Path DIRECTORY = Path.of("target", "product");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Product.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var store = context.getRoot().getStore(Namespace.create(ProductExtension.class));
        return store.computeIfAbsent(Product.class, type -> start(), Product.class);
    }

    private static Product start() {
        try {
            Files.createDirectories(DIRECTORY);
            return Product.start(Files.createTempDirectory(DIRECTORY, "run"));
        } catch (IOException | InterruptedException e) {
            throw ExceptionUtils.throwAsUncheckedException(e);
        }
    }
}
