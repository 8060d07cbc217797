package io.apihub.billing.rest;

import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.List;

/**
 * Writes CSV as RFC 4180 has it. Text that a spreadsheet would run as a formula gets an apostrophe
 * in front.
 */
public final class Csv {

    private static final String FORMULAS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private final Writer out;

    public Csv(Writer out) {
        this.out = out;
    }

    /** The byte order mark. */
    public void mark() throws IOException {
        out.write('\uFEFF');
    }

    /** One line; numbers and booleans go as they are, decimals in full. */
    public void row(List<?> values) throws IOException {
        var separator = "";
        for (var value : values) {
            out.write(separator);
            out.write(value instanceof String text ? cell(text) : plain(value));
            separator = ",";
        }
        out.write("\r\n");
    }

    private static String plain(Object value) {
        return value instanceof BigDecimal exact ? exact.toPlainString() : String.valueOf(value);
    }

    static String cell(String text) {
        var safe = !text.isEmpty() && FORMULAS.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')
                ? '"' + safe.replace("\"", "\"\"") + '"'
                : safe;
    }
}
