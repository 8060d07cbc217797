package io.apihub.extauthz.check;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Envoy's call {@code envoy.service.auth.v3.Authorization/Check}, with messages as bytes. */
final class CheckMethod {

    static final String SERVICE = "envoy.service.auth.v3.Authorization";

    static final MethodDescriptor<IncomingCheck, CheckAnswer> DESCRIPTOR =
            MethodDescriptor.newBuilder(new Questions(), new Answers())
                    .setType(MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Check"))
                    .build();

    private CheckMethod() {}

    private static final class Questions implements Marshaller<IncomingCheck> {

        @Override
        public InputStream stream(IncomingCheck question) {
            throw new UnsupportedOperationException("this end only answers");
        }

        @Override
        public IncomingCheck parse(InputStream stream) {
            try {
                return CheckReader.read(bytes(stream));
            } catch (IOException e) {
                throw Status.INTERNAL.withDescription("not a CheckRequest").asRuntimeException();
            }
        }

        private static byte[] bytes(InputStream stream) throws IOException {
            if (!(stream instanceof KnownLength)) {
                return stream.readAllBytes();
            }
            var bytes = new byte[stream.available()];
            if (stream.readNBytes(bytes, 0, bytes.length) != bytes.length) {
                throw new IOException("the message is shorter than it says");
            }
            return bytes;
        }
    }

    private static final class Answers implements Marshaller<CheckAnswer> {

        @Override
        public InputStream stream(CheckAnswer answer) {
            return new Encoded(answer.message());
        }

        @Override
        public CheckAnswer parse(InputStream stream) {
            throw new UnsupportedOperationException("this end only answers");
        }
    }

    /** Bytes that gRPC copies once. */
    private static final class Encoded extends ByteArrayInputStream
            implements KnownLength, Drainable {

        Encoded(byte[] message) {
            super(message);
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            int length = count - pos;
            target.write(buf, pos, length);
            pos = count;
            return length;
        }
    }
}
