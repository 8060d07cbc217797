package io.apihub.model.price;

/**
 * A glob over model names: {@code *} stands for any run of characters, everything else for itself.
 * Matching takes time linear in the name times the number of stars, never exponential.
 */
public record ModelPattern(String glob) {

    public ModelPattern {
        if (glob.isEmpty() || glob.length() > 256) {
            throw new IllegalArgumentException("a model pattern has 1 to 256 characters: " + glob);
        }
    }

    public boolean isExact() {
        return glob.indexOf('*') < 0;
    }

    /** Characters before the first star: the longer, the more specific. */
    public int literalPrefixLength() {
        int star = glob.indexOf('*');
        return star < 0 ? glob.length() : star;
    }

    public boolean matches(String model) {
        int g = 0;
        int m = 0;
        int star = -1;
        int retry = 0;
        while (m < model.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                retry = m;
            } else if (g < glob.length() && glob.charAt(g) == model.charAt(m)) {
                g++;
                m++;
            } else if (star >= 0) {
                g = star + 1;
                m = ++retry;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }
}
