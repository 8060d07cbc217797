package io.apihub.billing.settings;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The properties of the file that APIHUB_PAYMENT_CONFIG names; every mistake names its setting. */
final class PaymentFile {

    private static final String VARIABLE = "APIHUB_PAYMENT_CONFIG";
    private static final Pattern PROVIDER = Pattern.compile("provider\\.([a-z0-9-]{1,32})\\..+");

    private final Path file;
    private final Map<String, String> entries;
    private final Variables variables;
    private final SortedSet<String> unread;

    private PaymentFile(Path file, Map<String, String> entries, Variables variables) {
        this.file = file;
        this.entries = entries;
        this.variables = variables;
        this.unread = new TreeSet<>(entries.keySet());
    }

    /** Reads the file; null if there is none. */
    static @Nullable PaymentFile read(Variables variables) {
        if (variables.optional(VARIABLE) == null) {
            return null;
        }
        var file = variables.file(VARIABLE);
        var properties = new Properties();
        try (Reader reader = new StringReader(Files.readString(file))) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSetting(VARIABLE, "can't be read: " + file);
        }
        var entries = new HashMap<String, String>();
        for (var name : properties.stringPropertyNames()) {
            entries.put(name, properties.getProperty(name).strip());
        }
        return new PaymentFile(file, entries, variables);
    }

    /** The names of the providers that have a setting. */
    SortedSet<String> providers() {
        var names = new TreeSet<String>();
        for (var entry : entries.keySet()) {
            var matcher = PROVIDER.matcher(entry);
            if (matcher.matches()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    @Nullable String optional(String setting) {
        unread.remove(setting);
        var value = entries.get(setting);
        return value == null || value.isEmpty() ? null : value;
    }

    String required(String setting) {
        var value = optional(setting);
        if (value == null) {
            throw wrong(setting, "is missing");
        }
        return value;
    }

    /** What is kept apart: in the file of {@code -file}, or the variable of {@code -variable}. */
    String secret(String setting) {
        var path = optional(setting + "-file");
        var variable = optional(setting + "-variable");
        if (path == null && variable == null) {
            throw wrong(setting + "-file", "is missing");
        }
        if (path == null) {
            var value = variables.optional(String.valueOf(variable));
            if (value == null) {
                throw wrong(setting + "-variable", "names a variable that is not set: " + variable);
            }
            return value;
        }
        try {
            var value = Files.readString(file.resolveSibling(path)).strip();
            if (value.isEmpty()) {
                throw wrong(setting + "-file", "is empty: " + path);
            }
            return value;
        } catch (IOException e) {
            throw wrong(setting + "-file", "can't be read: " + path);
        }
    }

    /** A slip in a name must not turn a setting off. */
    void refuseUnread() {
        if (!unread.isEmpty()) {
            throw wrong(unread.first(), "is no setting");
        }
    }

    InvalidSetting wrong(String setting, String what) {
        return new InvalidSetting(setting, what + " (in " + file + ", " + VARIABLE + ")");
    }
}
