package io.apihub.billing.statement;

import java.util.List;
import org.springframework.web.util.HtmlUtils;

/** Writes HTML; every text that comes in is escaped. */
final class Html {

    private final StringBuilder out = new StringBuilder();

    /** A piece of a table's row. */
    sealed interface Cell {

        /** A text of anybody's; what reads from right to left stays within it. */
        record Text(String text) implements Cell {}

        /** A number or amount. */
        record Amount(String number) implements Cell {}
    }

    static Cell text(String text) {
        return new Cell.Text(text);
    }

    static Cell number(String number) {
        return new Cell.Amount(number);
    }

    /** Markup of our own, without a word from outside. */
    Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /** An element with a text. */
    Html element(String name, String text) {
        out.append('<').append(name).append('>').append(escape(text));
        out.append("</").append(name).append(">\n");
        return this;
    }

    /** A paragraph that is less important. */
    Html note(String text) {
        out.append("<p class=\"note\">").append(escape(text)).append("</p>\n");
        return this;
    }

    Html head(Cell... cells) {
        out.append("<table><thead><tr>");
        List.of(cells).forEach(cell -> cell("th scope=\"col\"", "th", cell));
        out.append("</tr></thead><tbody>\n");
        return this;
    }

    Html row(Cell... cells) {
        return row("<tr>", cells);
    }

    /** A row that sums others up. */
    Html sum(Cell... cells) {
        return row("<tr class=\"sum\">", cells);
    }

    private Html row(String start, Cell... cells) {
        out.append(start);
        List.of(cells).forEach(cell -> cell("td", "td", cell));
        out.append("</tr>\n");
        return this;
    }

    private void cell(String start, String end, Cell cell) {
        switch (cell) {
            case Cell.Text text ->
                    out.append('<')
                            .append(start)
                            .append("><bdi>")
                            .append(escape(text.text()))
                            .append("</bdi>");
            case Cell.Amount number ->
                    out.append('<')
                            .append(start)
                            .append(" class=\"n\">")
                            .append(escape(number.number()));
        }
        out.append("</").append(end).append('>');
    }

    Html endOfTable() {
        out.append("</tbody></table>\n");
        return this;
    }

    static String escape(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
