package io.apihub.dev.smoke;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.model.money.Credits;
import io.apihub.model.price.ModelPattern;
import io.apihub.model.price.ModelPrice;
import io.apihub.model.price.PriceFactor;
import io.apihub.model.price.Rating;
import io.apihub.model.usage.TokenUsage;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BookTest {

    private static final PriceFactor FACTOR = new PriceFactor(1_250_000);

    @Test
    void theBillByHandIsTheProductsBill() {
        var random = new Random(20_261_123);
        var gpt = price("demo-gpt", "17.50", "8.75", "17.50", "70.003", "0");
        var direct = price("smoke-*", "3.000001", "0.3", "3.75", "15", "0.0001");

        for (int i = 0; i < 10_000; i++) {
            var tokens = new Tokens(n(random), n(random), n(random), n(random), n(random));

            assertThat(Book.cost("demo-gpt", tokens)).isEqualTo(rated(tokens, gpt));
            assertThat(Book.cost("smoke-direct", tokens)).isEqualTo(rated(tokens, direct));
        }
    }

    private static long n(Random random) {
        return random.nextLong(1L << random.nextInt(1, 20));
    }

    private static BigDecimal rated(Tokens tokens, ModelPrice price) {
        var usage =
                new TokenUsage(
                        tokens.input(),
                        tokens.cachedInput(),
                        tokens.cacheWrite(),
                        tokens.cacheWrite1h(),
                        tokens.output(),
                        0);
        return BigDecimal.valueOf(Rating.rate(usage, price, FACTOR).total().micros(), 6);
    }

    private static ModelPrice price(String model, String... prices) {
        return new ModelPrice(
                new ModelPattern(model),
                micros(prices[0]),
                micros(prices[1]),
                micros(prices[2]),
                micros(prices[2]),
                micros(prices[3]),
                micros(prices[4]),
                true);
    }

    private static long micros(String decimal) {
        return Credits.parse(decimal).micros();
    }
}
