package io.apihub.dev.epay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture on the platform's page, read by another's decoder as a phone does. */
class QrCodeTest {

    private static final int PIXELS = 4;
    private static final int BLACK = 0;
    private static final int WHITE = 0xFFFFFF;
    private static final Pattern SIZE = Pattern.compile("viewBox=\"0 0 (\\d+) \\d+\"");
    private static final Pattern MODULE = Pattern.compile("M(\\d+) (\\d+)h1v1h-1z");

    private static String read(String text) throws ReaderException {
        var svg = QrCode.of(text).svg();
        var size = SIZE.matcher(svg);
        assertThat(size.find()).isTrue();
        int width = Integer.parseInt(size.group(1)) * PIXELS;
        var picture = new int[width * width];
        Arrays.fill(picture, WHITE);
        var module = MODULE.matcher(svg);
        while (module.find()) {
            int left = Integer.parseInt(module.group(1)) * PIXELS;
            int top = Integer.parseInt(module.group(2)) * PIXELS;
            for (int row = top; row < top + PIXELS; row++) {
                Arrays.fill(picture, row * width + left, row * width + left + PIXELS, BLACK);
            }
        }
        var source = new RGBLuminanceSource(width, width, picture);
        return new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source))).getText();
    }

    /** The longest and the shortest of each version. */
    @ParameterizedTest
    @ValueSource(ints = {1, 17, 18, 32, 33, 53, 54, 78, 79, 106, 107, 134})
    void everyLengthIsReadBack(int length) throws ReaderException {
        var random = new Random(length);
        for (int i = 0; i < 5; i++) {
            var text =
                    random.ints(length, '!', '~' + 1)
                            .collect(
                                    StringBuilder::new,
                                    StringBuilder::appendCodePoint,
                                    StringBuilder::append)
                            .toString();

            assertThat(read(text)).isEqualTo(text);
        }
    }

    @Test
    void whatThePageShowsIsReadBack() throws ReaderException {
        var url = "http://127.0.0.1:34567/pay/2026112305454988746";

        assertThat(read(url)).isEqualTo(url);
    }

    @Test
    void whatIsTooLongIsRefused() {
        assertThatThrownBy(() -> QrCode.of("x".repeat(135)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
