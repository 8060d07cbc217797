package io.apihub.billing.kube;

/** Somebody else keeps fields that would be changed; the message says who, and which. */
public final class FieldsKept extends ProvisioningFailed {

    private static final long serialVersionUID = 1;

    public FieldsKept(String message) {
        super(message, new IllegalStateException(message));
    }
}
