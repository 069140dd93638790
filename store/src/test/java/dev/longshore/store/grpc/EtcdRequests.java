package dev.longshore.store.grpc;

import com.google.protobuf.ByteString;
import dev.longshore.store.grpc.proto.CompactionRequest;
import dev.longshore.store.grpc.proto.Compare;
import dev.longshore.store.grpc.proto.DeleteRangeRequest;
import dev.longshore.store.grpc.proto.PutRequest;
import dev.longshore.store.grpc.proto.RangeRequest;
import dev.longshore.store.grpc.proto.RequestOp;
import dev.longshore.store.grpc.proto.TxnRequest;
import java.util.Random;

/// Random requests over a few keys, so that they meet.
final class EtcdRequests {

    private static final int KEYS = 12;
    private static final int LEASES = 4;

    private final Random random;

    EtcdRequests(long seed) {
        this.random = new Random(seed);
    }

    int choice(int of) {
        return random.nextInt(of);
    }

    long lease() {
        return random.nextInt(LEASES) + 1;
    }

    PutRequest put() {
        PutRequest.Builder put = PutRequest.newBuilder().setKey(key()).setPrevKv(random.nextBoolean());
        boolean keepsValue = random.nextInt(12) == 0;
        boolean keepsLease = random.nextInt(12) == 0;
        put.setIgnoreValue(keepsValue).setIgnoreLease(keepsLease);
        if (!keepsValue || random.nextInt(10) == 0) {
            put.setValue(value());
        }
        if (random.nextInt(6) == 0) {
            put.setLease(random.nextInt(LEASES + 1));
        }
        return put.build();
    }

    DeleteRangeRequest delete() {
        DeleteRangeRequest.Builder delete = deletion();
        if (random.nextInt(3) == 0) {
            delete.setRangeEnd(end());
        }
        return delete.build();
    }

    /// Never from a key on: with a put that keeps what is there behind it, etcd 3.4 panics.
    private DeleteRangeRequest deleteWithin() {
        DeleteRangeRequest.Builder delete = deletion();
        if (random.nextInt(3) == 0) {
            delete.setRangeEnd(someKey());
        }
        return delete.build();
    }

    private DeleteRangeRequest.Builder deletion() {
        return DeleteRangeRequest.newBuilder().setKey(key()).setPrevKv(random.nextBoolean());
    }

    /// @param newest about which revisions are asked for
    RangeRequest range(long newest) {
        RangeRequest.Builder range = RangeRequest.newBuilder().setKey(key());
        if (random.nextInt(3) > 0) {
            range.setRangeEnd(end());
        }
        if (random.nextInt(3) == 0) {
            range.setLimit(random.nextInt(6));
        }
        if (random.nextInt(3) == 0) {
            range.setRevision(newest + 2 - random.nextInt(40));
        }
        if (random.nextInt(3) == 0) {
            range.setSortOrder(RangeRequest.SortOrder.forNumber(random.nextInt(3)));
            // Others have ties, which etcd leaves in no order.
            range.setSortTarget(random.nextBoolean() ? RangeRequest.SortTarget.KEY : RangeRequest.SortTarget.CREATE);
        }
        if (random.nextInt(6) == 0) {
            range.setMinModRevision(Math.max(0, newest - random.nextInt(30)));
            range.setMaxCreateRevision(Math.max(0, newest - random.nextInt(30)));
        }
        return range.setKeysOnly(random.nextInt(8) == 0)
                .setCountOnly(random.nextInt(8) == 0)
                .setSerializable(random.nextInt(8) == 0)
                .build();
    }

    CompactionRequest compaction(long newest) {
        return CompactionRequest.newBuilder()
                .setRevision(Math.max(1, newest + 1 - random.nextInt(30)))
                .setPhysical(true)
                .build();
    }

    /// @param depth how many may stand within each other
    TxnRequest transaction(long newest, int depth) {
        TxnRequest.Builder transaction = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            transaction.addCompare(compare(newest));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            transaction.addSuccess(operation(newest, depth));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            transaction.addFailure(operation(newest, depth));
        }
        return transaction.build();
    }

    private RequestOp operation(long newest, int depth) {
        RequestOp.Builder operation = RequestOp.newBuilder();
        switch (random.nextInt(depth > 0 ? 8 : 7)) {
            case 0, 1, 2 -> operation.setRequestPut(put());
            case 3, 4 -> operation.setRequestDeleteRange(deleteWithin());
            case 5, 6 -> operation.setRequestRange(range(newest));
            default -> operation.setRequestTxn(transaction(newest, depth - 1));
        }
        return operation.build();
    }

    private Compare compare(long newest) {
        Compare.Builder compare =
                Compare.newBuilder().setKey(key()).setResult(Compare.CompareResult.forNumber(random.nextInt(4)));
        if (random.nextInt(4) == 0) {
            compare.setRangeEnd(end());
        }
        return switch (random.nextInt(5)) {
            case 0 ->
                compare.setTarget(Compare.CompareTarget.VERSION)
                        .setVersion(random.nextInt(4))
                        .build();
            case 1 ->
                compare.setTarget(Compare.CompareTarget.CREATE)
                        .setCreateRevision(Math.max(0, newest - random.nextInt(20)))
                        .build();
            case 2 ->
                compare.setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(Math.max(0, newest - random.nextInt(20)))
                        .build();
            case 3 ->
                compare.setTarget(Compare.CompareTarget.VALUE).setValue(value()).build();
            default ->
                compare.setTarget(Compare.CompareTarget.LEASE)
                        .setLease(random.nextInt(LEASES + 1))
                        .build();
        };
    }

    private ByteString key() {
        return random.nextInt(60) == 0 ? ByteString.EMPTY : someKey();
    }

    private ByteString someKey() {
        return ByteString.copyFromUtf8("k" + (char) ('a' + random.nextInt(KEYS)));
    }

    private ByteString end() {
        return random.nextInt(5) == 0 ? ByteString.copyFrom(new byte[1]) : someKey();
    }

    private ByteString value() {
        return ByteString.copyFromUtf8("v" + random.nextInt(5));
    }
}
