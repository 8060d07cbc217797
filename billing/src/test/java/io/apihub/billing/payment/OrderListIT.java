package io.apihub.billing.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.apihub.billing.testing.RunningBilling;
import io.apihub.dev.epay.Trap;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Lists of orders: a tenant's, and all. */
class OrderListIT {

    private static final PayStand STAND = PayStand.shared();

    private final String tenant = STAND.freshTenant();
    private final List<String> made = new ArrayList<>();

    @BeforeEach
    void orders() {
        STAND.platform().set(Trap.LOSE_NOTIFY);
        for (int i = 0; i < 5; i++) {
            var order =
                    i == 2
                            ? STAND.credited(tenant, "two", "3")
                            : STAND.order(tenant, i == 4 ? "usd" : "one", "3");
            made.addFirst(STAND.id(order).toString());
        }
    }

    @AfterEach
    void noTraps() {
        STAND.platform().clearTraps();
    }

    private static JsonNode page(String path) {
        var answer = STAND.billing().get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBilling.json(answer);
    }

    private static List<String> ids(JsonNode page) {
        return page.get("items").findValuesAsString("id");
    }

    /** Each once, newest first, also if one is made meanwhile. */
    private void assertPaged(String path) {
        var seen = new ArrayList<String>();
        var page = page(path + "limit=2");
        STAND.order(tenant, "one", "4");
        seen.addAll(ids(page));
        while (page.hasNonNull("nextCursor")) {
            page = page(path + "limit=2&cursor=" + page.get("nextCursor").asString());
            assertThat(ids(page)).hasSizeLessThanOrEqualTo(2);
            seen.addAll(ids(page));
        }
        assertThat(seen).isEqualTo(made);
    }

    @Test
    void pagesShowEachOrderOfATenantOnce() {
        assertPaged("/api/v1/tenants/" + tenant + "/orders?");
    }

    @Test
    void pagesShowEachOrderOnceToAdministrators() {
        assertPaged("/api/v1/orders?tenant=" + tenant + "&");
    }

    @Test
    void whatIsAskedForIsListedAndNothingElse() {
        var own = "/api/v1/tenants/" + tenant + "/orders?state=";
        assertThat(ids(page(own + "CREDITED"))).containsExactly(made.get(2));
        assertThat(ids(page(own + "PENDING"))).hasSize(4).doesNotContain(made.get(2));
        var all = "/api/v1/orders?tenant=" + tenant;
        assertThat(ids(page(all + "&state=CREDITED"))).containsExactly(made.get(2));
        assertThat(ids(page(all + "&provider=usd"))).containsExactly(made.getFirst());
        assertThat(ids(page(all + "&problems=true"))).isEmpty();
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET problem = 'look' WHERE order_id = ?::uuid",
                        made.get(3));
        assertThat(ids(page(all + "&problems=true"))).containsExactly(made.get(3));
        STAND.admin()
                .update(
                        "UPDATE billing.payment_order SET problem = '' WHERE order_id = ?::uuid",
                        made.get(3));
        for (var wrong : List.of("limit=0", "limit=x", "cursor=nonsense", "state=PAYED")) {
            var answer = STAND.billing().get("/api/v1/orders?" + wrong);
            assertThat(answer.statusCode()).as(wrong).isEqualTo(400);
            assertThat(answer.body()).contains(wrong.substring(0, wrong.indexOf('=')));
        }
    }

    @Test
    void anotherTenantsOrdersAreNotThere() {
        var other = STAND.tenant();

        assertThat(ids(page("/api/v1/tenants/" + other + "/orders"))).isEmpty();
        for (var id : made) {
            var answer = STAND.billing().get("/api/v1/tenants/" + other + "/orders/" + id);
            assertThat(answer.statusCode()).isEqualTo(404);
        }
    }
}
