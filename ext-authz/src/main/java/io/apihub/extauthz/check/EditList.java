package io.apihub.extauthz.check;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.apihub.extauthz.request.Edit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the edits of a body as the entry {@code edits} of a Struct: a list of {@code {at, delete,
 * insert}}. Every streamed request has one, and as messages they cost more than the decision.
 */
final class EditList {

    private static final int DELIMITED = 2;
    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int FIELDS = Struct.FIELDS_FIELD_NUMBER;
    private static final int NUMBER = Value.NUMBER_VALUE_FIELD_NUMBER;
    private static final int TEXT = Value.STRING_VALUE_FIELD_NUMBER;
    private static final int STRUCT = Value.STRUCT_VALUE_FIELD_NUMBER;
    private static final int LIST = Value.LIST_VALUE_FIELD_NUMBER;
    private static final int VALUES = ListValue.VALUES_FIELD_NUMBER;
    private static final int NUMBER_SIZE = 1 + Double.BYTES;

    private static final byte[] NAME = ascii("edits");
    private static final byte[] AT = ascii("at");
    private static final byte[] DELETE = ascii("delete");
    private static final byte[] INSERT = ascii("insert");

    private EditList() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] entry(List<Edit> edits) throws IOException {
        var inserts = new byte[edits.size()][];
        int list = 0;
        for (int i = 0; i < inserts.length; i++) {
            inserts[i] = edits.get(i).insert().getBytes(StandardCharsets.UTF_8);
            list += field(VALUES, field(STRUCT, sizeOf(inserts[i])));
        }
        int entry = entry(NAME, field(LIST, list));
        var bytes = new byte[field(FIELDS, entry)];
        var out = CodedOutputStream.newInstance(bytes);
        begin(out, FIELDS, entry);
        begin(out, NAME, field(LIST, list));
        begin(out, LIST, list);
        for (int i = 0; i < inserts.length; i++) {
            write(out, edits.get(i), inserts[i]);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    private static void write(CodedOutputStream out, Edit edit, byte[] insert) throws IOException {
        int size = sizeOf(insert);
        begin(out, VALUES, field(STRUCT, size));
        begin(out, STRUCT, size);
        number(out, AT, edit.at());
        number(out, DELETE, edit.delete());
        int text = field(TEXT, insert.length);
        begin(out, FIELDS, entry(INSERT, text));
        begin(out, INSERT, text);
        begin(out, TEXT, insert.length);
        out.writeRawBytes(insert);
    }

    private static void number(CodedOutputStream out, byte[] name, int value) throws IOException {
        begin(out, FIELDS, entry(name, NUMBER_SIZE));
        begin(out, name, NUMBER_SIZE);
        out.writeDouble(NUMBER, value);
    }

    /** Bytes of the struct of one edit. */
    private static int sizeOf(byte[] insert) {
        return field(FIELDS, entry(AT, NUMBER_SIZE))
                + field(FIELDS, entry(DELETE, NUMBER_SIZE))
                + field(FIELDS, entry(INSERT, field(TEXT, insert.length)));
    }

    private static int field(int number, int length) {
        return CodedOutputStream.computeTagSize(number)
                + CodedOutputStream.computeUInt32SizeNoTag(length)
                + length;
    }

    private static int entry(byte[] name, int value) {
        return field(KEY, name.length) + field(VALUE, value);
    }

    private static void begin(CodedOutputStream out, int number, int length) throws IOException {
        out.writeTag(number, DELIMITED);
        out.writeUInt32NoTag(length);
    }

    /** The key of an entry, and the head of its value. */
    private static void begin(CodedOutputStream out, byte[] name, int value) throws IOException {
        begin(out, KEY, name.length);
        out.writeRawBytes(name);
        begin(out, VALUE, value);
    }
}
