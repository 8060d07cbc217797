package io.apihub.dev.stack;

/** Names that the demo's manifests and its users share. */
public final class Demo {

    /** The operator's namespace. */
    public static final String SYSTEM_NAMESPACE = "apihub-system";

    /** The installation's currency. */
    public static final String CURRENCY = "CNY";

    /** Who logs in first; nobody sends mail there. */
    public static final String ADMINISTRATOR = "admin@apihub.example";

    /** The tenant, its namespace, its key, its quota and the price book. */
    public static final String NAME = "demo";

    /** What the tenant is given once, in {@link #CURRENCY}. */
    static final String CREDIT = "100";

    /** Served by CLIProxyAPI, in every dialect. */
    public static final String MODEL = "demo-gpt";

    /** Served by the model server itself, in every dialect. */
    public static final String DIRECT_MODEL = "demo-direct";

    private Demo() {}
}
