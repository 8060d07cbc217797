package io.apihub.extauthz.journal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/** A process that writes holds and settlements, and says each when it is written, until killed. */
final class JournalWriter {

    private JournalWriter() {}

    public static void main(String[] arguments) throws IOException {
        var journal = Entries.open(Path.of(arguments[0]));
        var random = new Random();
        var said = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        journal.recovered().forEach(hold -> said.println("R " + Entries.id(hold)));
        while (true) {
            var hold = Entries.hold(random, journal.incarnation());
            if (!journal.hold(WrittenHold.of(hold))) {
                journal.maintain();
                continue;
            }
            said.println("H " + Entries.id(hold));
            if (random.nextInt(20) > 0) {
                journal.settle(Entries.settlement(hold));
                said.println("S " + Entries.id(hold));
            }
            var batch = journal.read(journal.unacked(), 5);
            if (random.nextInt(4) == 0 && !batch.records().isEmpty()) {
                batch.records().forEach(each -> said.println("A " + Entries.id(each.getHold())));
                journal.acked(batch.next(), journal.rewinds());
            }
        }
    }
}
