package io.apihub.e2e;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.apihub.dev.smoke.Smoke;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The main job, as {@code ./start.sh --smoke} runs it. It sets other prices, so it comes last. */
@ExtendWith(ProductExtension.class)
@Order(Order.DEFAULT + 3)
@Isolated
class SmokeIT {

    @Test
    void theMainJobIsDone(Product product) {
        assertThatCode(() -> Smoke.on(product.stack(), System.err::println))
                .doesNotThrowAnyException();
    }
}
