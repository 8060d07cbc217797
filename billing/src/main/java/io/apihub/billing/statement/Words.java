package io.apihub.billing.statement;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The words of a page in one language.
 *
 * @param lang as HTML names it
 */
record Words(String lang, Map<String, String> words) {

    private static final Words ENGLISH = read("en", "statement-en.properties");
    private static final Words CHINESE = read("zh-CN", "statement-zh.properties");

    Words {
        words = Map.copyOf(words);
    }

    /** Of a language that there is: en or zh. */
    static Optional<Words> of(String lang) {
        return switch (lang) {
            case "en" -> Optional.of(ENGLISH);
            case "zh" -> Optional.of(CHINESE);
            default -> Optional.empty();
        };
    }

    private static Words read(String lang, String file) {
        var properties = new Properties();
        try (var stream = Words.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalStateException(file + " is not in the jar");
            }
            properties.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var words = new HashMap<String, String>();
        properties.forEach((key, word) -> words.put((String) key, (String) word));
        return new Words(lang, words);
    }

    /** The words of a key; the key itself for kinds that came later than the words. */
    String get(String key) {
        return words.getOrDefault(key, key);
    }
}
