package io.apihub.e2e;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.platform.commons.util.ExceptionUtils;

/**
 * Gives tests the {@link Product} with three gateways behind one port: the two that are missing are
 * added when the first of these tests begins. They come last, so that the others, some of which
 * count what one gateway does, have one.
 */
final class FleetExtension extends ProductExtension {

    static final int GATEWAYS = 3;

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var product = product(context);
        try {
            product.stack().growTo(GATEWAYS);
            product.stack().awaitReady(Product.START_LIMIT);
        } catch (IOException | InterruptedException e) {
            throw ExceptionUtils.throwAsUncheckedException(e);
        }
        return product;
    }
}
