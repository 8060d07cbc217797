package io.apihub.billing.access;

/** What a member may do in a tenant; each role may all that those before it may. */
public enum Role {
    VIEWER,
    DEVELOPER,
    OWNER;

    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }
}
