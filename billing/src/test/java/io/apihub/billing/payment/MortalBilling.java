package io.apihub.billing.payment;

import io.apihub.billing.BillingMain;
import io.apihub.billing.database.TestDatabase;
import io.apihub.billing.payment.FaultPoint.Step;
import io.apihub.billing.testing.ChildJvm;
import io.apihub.billing.testing.TestSettings;
import java.net.URI;

/** The whole of billing in a process of its own, which ends at a step as by kill -9. */
final class MortalBilling {

    /** What a shell says of kill -9. */
    static final int KILLED = 137;

    private MortalBilling() {}

    /**
     * Runs until it reaches the step, or is stopped.
     *
     * @param args the database's URL, the platform's, the step
     */
    public static void main(String[] args) {
        var fatal = Step.valueOf(args[2]);
        var settings =
                TestSettings.of(TestDatabase.at(args[0]))
                        .with(PayStand.payments(URI.create(args[1])));
        var billing =
                BillingMain.start(
                        settings,
                        beans ->
                                beans.registerBean(
                                        "mortal",
                                        FaultPoint.class,
                                        () -> step -> dieAt(fatal, step),
                                        bean -> bean.setPrimary(true)));
        ChildJvm.announce(billing, settings.adminTokenFile());
    }

    /** Without any hook, and whatever other threads are in the middle of. */
    private static void dieAt(Step fatal, Step step) {
        if (step == fatal) {
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
