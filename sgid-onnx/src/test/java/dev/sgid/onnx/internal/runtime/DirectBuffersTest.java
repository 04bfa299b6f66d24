package dev.sgid.onnx.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DirectBuffersTest {
  private int allocated;
  private boolean full;

  private final DirectBuffers buffers =
      new DirectBuffers(
          capacity -> {
            if (full) {
              full = false; // until what was kept is given up
              throw new OutOfMemoryError("Direct buffer memory");
            }
            allocated++;
            return ByteBuffer.allocateDirect(capacity);
          });

  @Test
  void borrow_afterGivingBack_isTheSameMemory() {
    buffers.giveBack(buffers.borrow(1000));
    ByteBuffer again = buffers.borrow(700);

    assertThat(allocated).isEqualTo(1);
    assertThat(again.remaining()).isEqualTo(700);
  }

  @Test
  void borrow_noRoomBesideWhatIsKept_givesThatUp() {
    buffers.giveBack(buffers.borrow(1000));
    full = true;

    assertThat(buffers.borrow(5000).remaining()).isEqualTo(5000);
    assertThat(buffers.borrow(1000).remaining()).isEqualTo(1000);
    assertThat(allocated).isEqualTo(3);
  }

  @Test
  void borrow_tooMuch_namesTheLimit() {
    assertThatThrownBy(() -> buffers.borrow((1L << 30) + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A tensor of 1073741825 bytes is over the 1 GiB that one buffer may take");
  }
}
