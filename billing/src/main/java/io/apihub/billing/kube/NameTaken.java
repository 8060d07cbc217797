package io.apihub.billing.kube;

/** A Tenant of that name exists already, and is somebody else's. */
public final class NameTaken extends RuntimeException {

    private static final long serialVersionUID = 1;

    public NameTaken(String tenantName) {
        super("a tenant named '" + tenantName + "' exists already");
    }
}
