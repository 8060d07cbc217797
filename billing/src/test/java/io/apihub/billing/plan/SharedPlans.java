package io.apihub.billing.plan;

/** The stand that tests of this JVM share; it ends with the JVM. */
final class SharedPlans {

    static final PlanStand STAND = new PlanStand();

    private SharedPlans() {}
}
