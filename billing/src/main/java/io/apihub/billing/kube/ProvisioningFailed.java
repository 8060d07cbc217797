package io.apihub.billing.kube;

/** Kubernetes did not answer or refused; the same may be tried again. */
public class ProvisioningFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ProvisioningFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
