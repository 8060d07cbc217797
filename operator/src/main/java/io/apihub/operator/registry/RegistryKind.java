package io.apihub.operator.registry;

/** The kinds of rows, each in a table of its own. */
public enum RegistryKind {
    TENANT("tenant"),
    API_KEY("api_key"),
    QUOTA("quota"),
    MODEL("model"),
    PRICE_BOOK("price_book");

    private final String table;

    RegistryKind(String table) {
        this.table = table;
    }

    /** The table's name within the schema. */
    public String table() {
        return table;
    }
}
