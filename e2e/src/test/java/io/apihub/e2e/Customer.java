package io.apihub.e2e;

/** A tenant with one key, in a namespace of its own that has the tenant's name. */
record Customer(Product product, String name, String key) {

    /** The way through the gateway to {@code model}. */
    Lane lane(String model) {
        return product.lane(key, model);
    }

    Http.Answer chat(String model) {
        return Call.CHAT.send(lane(model), "hi", false);
    }
}
