package dev.sgid.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sgid.testing.Concurrent;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LruTest {
  @Test
  void put_moreThanTheCapacity_dropsTheOneUnusedForLongest() {
    Lru<String, Integer> lru = new Lru<>(2);
    lru.put("a", 1);
    lru.put("b", 2);

    assertThat(lru.get("a")).isEqualTo(1); // b is the one unused for longest now
    lru.put("c", 3);

    assertThat(lru.get("b")).isNull();
    assertThat(lru.get("a")).isEqualTo(1);
    assertThat(lru.get("c")).isEqualTo(3);
    assertThat(lru.size()).isEqualTo(2);
  }

  @Test
  void put_aKeyThatIsThere_replacesItsValueAndDropsNothing() {
    Lru<String, Integer> lru = new Lru<>(2);
    lru.put("a", 1);
    lru.put("b", 2);
    lru.put("a", 3);

    assertThat(lru.get("a")).isEqualTo(3);
    assertThat(lru.get("b")).isEqualTo(2);
  }

  @Test
  void computeIfAbsent_askedAgain_makesNothing() {
    Lru<String, Integer> lru = new Lru<>(2);
    assertThat(lru.computeIfAbsent("abc", String::length)).isEqualTo(3);
    assertThat(lru.computeIfAbsent("abc", key -> -1)).isEqualTo(3);
  }

  @Test
  void computeIfAbsent_thatFails_keepsNothing() {
    Lru<String, Integer> lru = new Lru<>(2);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                lru.computeIfAbsent(
                    "a",
                    key -> {
                      throw new IllegalStateException("no " + key);
                    }))
        .withMessage("no a");
    assertThat(lru.size()).isZero();
  }

  @Test
  void computeIfAbsent_fromWithinAnother_keepsBoth() {
    Lru<Integer, Integer> lru = new Lru<>(2);
    assertThat(lru.computeIfAbsent(2, n -> n + lru.computeIfAbsent(n - 1, m -> m))).isEqualTo(3);
    assertThat(lru.size()).isEqualTo(2);
  }

  @Test
  void computeIfAbsent_fromSeveralThreads_givesAllTheSameValue() throws Exception {
    for (int round = 0; round < 20; round++) {
      Lru<String, Object> lru = new Lru<>(2);
      List<Object> values = Concurrent.call(4, () -> lru.computeIfAbsent("a", key -> new Object()));
      assertThat(values).allSatisfy(value -> assertThat(value).isSameAs(values.get(0)));
    }
  }

  @Test
  void calls_fromSeveralThreads_neverHoldMoreThanTheCapacity() throws Exception {
    Lru<Integer, Integer> lru = new Lru<>(3);
    AtomicInteger wrong = new AtomicInteger();
    Concurrent.call(
        4,
        () -> {
          for (int i = 0; i < 2000; i++) {
            if (lru.computeIfAbsent(i % 7, n -> n * n) != (i % 7) * (i % 7) || lru.size() > 3) {
              wrong.incrementAndGet();
            }
          }
          return 0;
        });
    assertThat(wrong).hasValue(0);
  }

  @Test
  void constructor_capacityBelowOne_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Lru<String, String>(0))
        .withMessage("capacity must be at least 1, is 0");
  }
}
