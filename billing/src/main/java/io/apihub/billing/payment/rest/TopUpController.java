package io.apihub.billing.payment.rest;

import io.apihub.billing.access.Level;
import io.apihub.billing.access.Permit;
import io.apihub.billing.settings.Payments.PayProvider;
import io.apihub.billing.settings.Settings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What may be bought, and how it may be paid. */
@RestController
@Tag(name = "Payments")
class TopUpController {

    private final Settings settings;

    TopUpController(Settings settings) {
        this.settings = settings;
    }

    /**
     * What may be bought.
     *
     * @param currency of all amounts
     * @param freeAmounts whether amounts that are no option may be bought too
     * @param providers none: nothing can be bought
     */
    record TopUpOptions(
            String currency, boolean freeAmounts, List<Offer> options, List<Way> providers) {}

    /** An amount that is offered, and what comes on top. */
    record Offer(String amount, String bonus) {}

    /**
     * A provider.
     *
     * @param rate units of payCurrency for one unit of credit
     * @param feePercent on top of the price
     */
    record Way(
            String name,
            List<String> types,
            String minimum,
            String maximum,
            String payCurrency,
            String rate,
            String feePercent) {

        static Way of(PayProvider provider) {
            var terms = provider.terms();
            return new Way(
                    provider.name(),
                    provider.types(),
                    terms.minimum().toDecimal(),
                    terms.maximum().toDecimal(),
                    terms.currency(),
                    terms.rate().toPlainString(),
                    terms.feePercent().toPlainString());
        }
    }

    @Operation(summary = "What may be bought, and how it may be paid")
    @Permit(Level.SIGNED_IN)
    @GetMapping("/api/v1/topup-options")
    TopUpOptions options() {
        var payments = settings.payments();
        return new TopUpOptions(
                settings.currency(),
                payments.topUps().freeAmounts(),
                payments.topUps().options().stream()
                        .map(option ->
                                new Offer(option.amount().toDecimal(), option.bonus().toDecimal()))
                        .toList(),
                payments.providers().stream().map(Way::of).toList());
    }
}
