package io.apihub.e2e;

import io.apihub.dev.modelserver.Served;
import io.apihub.dev.process.Await;
import io.apihub.dev.stack.Stack;
import io.apihub.dev.stack.StackOptions;
import io.apihub.model.key.ApiKeySecret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The running product, and the things that tests do with it again and again. */
final class Product implements AutoCloseable {

    /** Behind CLIProxyAPI, which turns every dialect into chat. */
    static final String MODEL = "demo-gpt";

    /** On the model server itself, which speaks every dialect. */
    static final String DIRECT = "demo-direct";

    static final Duration START_LIMIT = Duration.ofMinutes(5);

    private final Stack stack;
    private final SecureRandom random = new SecureRandom();
    private final AtomicInteger customers = new AtomicInteger();

    private Product(Stack stack) {
        this.stack = stack;
    }

    /** Starts one and waits until it serves. */
    static Product start(StackOptions options) throws IOException, InterruptedException {
        var stack = Stack.start(options);
        try {
            stack.awaitReady(START_LIMIT);
        } catch (IOException | InterruptedException | RuntimeException e) {
            stack.close();
            throw e;
        }
        return new Product(stack);
    }

    Stack stack() {
        return stack;
    }

    Lane lane(String key, String model) {
        return new Lane(stack.url(), key, model, this::served);
    }

    Http http() {
        return Http.to(stack.url());
    }

    Kubectl kubectl() {
        return new Kubectl(stack.kubectl(), stack.kubeconfig());
    }

    Billing billing() {
        return new Billing(stack.billingUrl(), this::adminToken);
    }

    private String adminToken() {
        try {
            return stack.adminToken();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What the model server has served; lines that are still being written are left out. */
    List<Served> served() {
        try {
            String text = Files.readString(stack.servedLog());
            int complete = text.lastIndexOf('\n') + 1;
            var served = new ArrayList<Served>();
            text.substring(0, complete).lines().map(Served::parse).forEach(served::add);
            return served;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new prepaid customer with credit, whose key is in force. */
    Customer customer() {
        return customer("{mode: Prepaid}", "100", "");
    }

    /**
     * A new customer whose key is in force.
     *
     * @param billing its {@code spec.billing}
     * @param credit what it is granted; empty for nothing
     * @param more further documents, in which {@code NAME} stands for the tenant and its namespace
     */
    Customer customer(String billing, String credit, String more) {
        String name = "e2e-" + customers.incrementAndGet();
        var secret = ApiKeySecret.mint(random);
        kubectl()
                .apply(
                        """
                        apiVersion: v1
                        kind: Namespace
                        metadata: {name: NAME}
                        ---
                        apiVersion: apihub.io/v1alpha1
                        kind: Tenant
                        metadata: {name: NAME}
                        spec: {displayName: NAME, namespace: NAME, billing: BILLING}
                        ---
                        apiVersion: apihub.io/v1alpha1
                        kind: ApiKey
                        metadata: {name: robot, namespace: NAME}
                        spec: {tenantRef: {name: NAME}, displayName: robot, keyId: KEYID, keyHash: "KEYHASH"}
                        ---
                        MORE\
                        """
                                .replace("MORE", more)
                                .replace("NAME", name)
                                .replace("BILLING", billing)
                                .replace("KEYID", secret.id().toString())
                                .replace("KEYHASH", secret.digest(name).toString()))
                .ok();
        kubectl().await(name, "apikey/robot", "Programmed");
        if (!credit.isEmpty()) {
            billing().grant(name, credit);
        }
        return new Customer(this, name, secret.reveal());
    }

    /** Waits until the customer's requests are served again, as after a restart of something. */
    Duration awaitServing(Customer customer, String model) {
        try {
            return Await.until(
                    "the gateway to serve " + model,
                    Duration.ofSeconds(60),
                    () -> {
                        var answer = customer.chat(model);
                        if (answer.status() != 200) {
                            throw new IllegalStateException(answer.toString());
                        }
                        return true;
                    });
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        stack.close();
    }
}
