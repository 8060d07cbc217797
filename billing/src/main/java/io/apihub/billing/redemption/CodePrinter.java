package io.apihub.billing.redemption;

import io.apihub.billing.rest.Csv;
import io.apihub.billing.rest.Fields;
import io.apihub.billing.rest.MoneyFields;
import io.apihub.billing.rest.Parameters;
import io.apihub.billing.settings.Settings;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** Makes codes to order. */
@Component
class CodePrinter {

    private static final int MOST_CODES = 5_000;
    private static final int MOST_USES = 1_000_000;
    private static final int MOST_PER_USER = 1_000;
    private static final int MAX_NOTE = 200;

    private final RandomGenerator random;
    private final InstantSource clock;
    private final String currency;

    CodePrinter(RandomGenerator random, InstantSource clock, Settings settings) {
        this.random = random;
        this.clock = clock;
        this.currency = settings.currency();
    }

    /**
     * Checks an order.
     *
     * @throws io.apihub.billing.problem.Refused 400 for the first field that is wrong
     */
    CodeBatch.Terms terms(CodeBatchController.NewCodeBatch wanted) {
        return new CodeBatch.Terms(
                Fields.name("note", wanted.note(), MAX_NOTE),
                MoneyFields.positive("value", wanted.value()),
                MoneyFields.count("codes", wanted.codes(), 1, MOST_CODES),
                MoneyFields.count("usesPerCode", wanted.usesPerCode(), 1, MOST_USES),
                MoneyFields.count("usesPerUser", wanted.usesPerUser(), 1, MOST_PER_USER),
                Parameters.timeAfter(clock.instant(), "expiresAt", wanted.expiresAt()));
    }

    List<RedemptionCode> mint(int count) {
        var codes = new ArrayList<RedemptionCode>();
        for (int i = 0; i < count; i++) {
            codes.add(RedemptionCode.mint(random));
        }
        return codes;
    }

    /** One line for each code. */
    String csv(CodeBatch.Terms terms, List<RedemptionCode> codes) {
        var text = new StringWriter();
        var csv = new Csv(text);
        try {
            csv.row(List.of("code", "value", "currency", "uses", "expiresAt", "note"));
            for (var code : codes) {
                csv.row(
                        List.of(
                                code.reveal(),
                                terms.value().toDecimal(),
                                currency,
                                terms.usesPerCode(),
                                terms.expiresAt() == null ? "" : terms.expiresAt().toString(),
                                terms.note()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
