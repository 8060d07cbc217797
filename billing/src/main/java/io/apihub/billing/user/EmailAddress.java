package io.apihub.billing.user;

import io.apihub.billing.problem.Problem;
import io.apihub.billing.problem.Refused;
import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An e-mail address, in ASCII.
 *
 * @param text as it was given; mail goes there
 * @param key lower case: two addresses with one key are the same to us
 */
public record EmailAddress(String text, String key) {

    private static final int MAX = 254;
    private static final Pattern LOCAL =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");
    private static final Pattern DOMAIN =
            Pattern.compile(
                    "([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]*");

    /**
     * Reads an address; a domain of other scripts becomes its ASCII form.
     *
     * @throws Refused if it is none, or none that every mail server takes
     */
    public static EmailAddress of(String field, @Nullable String given) {
        var text = given == null || given.length() > 2 * MAX ? "" : given.strip();
        int at = text.lastIndexOf('@');
        var local = at < 0 ? "" : text.substring(0, at);
        var domain = at < 0 ? "" : ascii(text.substring(at + 1));
        var address = local + "@" + domain;
        if (address.length() > MAX
                || local.length() > 64
                || !LOCAL.matcher(local).matches()
                || !DOMAIN.matcher(domain).matches()) {
            throw new Refused(
                    Problem.invalid(
                            field,
                            "Must be an e-mail address such as name@example.com, in ASCII."));
        }
        return new EmailAddress(address, address.toLowerCase(Locale.ROOT));
    }

    /** What is behind the @, in lower case. */
    public String domain() {
        return key.substring(key.lastIndexOf('@') + 1);
    }

    private static String ascii(String domain) {
        try {
            return IDN.toASCII(domain, IDN.USE_STD3_ASCII_RULES);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
