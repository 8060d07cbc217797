package io.apihub.extauthz.credit;

/** Finds what requests take from. Thread safe; for the moments when a policy or a key is new. */
public interface Allowances {

    /**
     * This gateway's part of an account or a limit; the same one for the same subject, as long as
     * it is in use.
     *
     * @param limit the whole limit's amount; {@link Long#MAX_VALUE} for an account
     */
    Allowance of(Subject subject, long limit);
}
