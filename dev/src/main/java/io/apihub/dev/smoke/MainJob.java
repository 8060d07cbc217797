package io.apihub.dev.smoke;

import io.apihub.dev.stack.BillingApi;
import io.apihub.dev.stack.Stack;
import java.io.IOException;

/**
 * What the product is for, once from end to end: declare, pay in, ask in every dialect, see it
 * metered and charged to the micro-unit, and see every way to say no take effect at once.
 */
final class MainJob {

    private final Stack stack;
    private final Steps steps;

    MainJob(Stack stack, Steps steps) {
        this.stack = stack;
        this.steps = steps;
    }

    void run() throws IOException, InterruptedException {
        try (var gateway = new Gateway(stack.url());
                var billing = new BillingApi(stack.url(), stack.adminToken());
                var person = new Person(stack.url())) {
            var scene = new Scene(stack, new Kubectl(stack), gateway, billing, new Keys());
            new Declaring(scene).run(steps);
            new Serving(scene).run(steps);
            new Limiting(scene).run(steps);
            new Budgeting(scene).run(steps);
            new Joining(scene, person).run(steps);
            new Revoking(scene).run(steps);
            new Reconciling(scene).run(steps);
        }
    }
}
