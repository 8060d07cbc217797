package io.apihub.e2e;

import io.apihub.dev.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.platform.commons.util.ExceptionUtils;

/**
 * Gives tests a {@link Product} of their own kind: with three gateways behind one port. They come
 * last, so the other kind is ended; it would go on working for nobody.
 */
final class FleetExtension extends ProductExtension {

    static final int GATEWAYS = 3;

    @Override
    StackOptions options(Path directory) {
        return super.options(directory).gateways(GATEWAYS);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        endOther(context);
        return super.resolveParameter(parameter, context);
    }

    /** Should a test want it after all, it is started again. */
    private static void endOther(ExtensionContext context) {
        var other = store(context, ProductExtension.class).remove(Product.class, Product.class);
        if (other != null) {
            try {
                other.close();
            } catch (IOException e) {
                throw ExceptionUtils.throwAsUncheckedException(e);
            }
        }
    }
}
