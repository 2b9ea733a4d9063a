/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * test_harmless.c - no format lets a byte of the traced program disturb anything, whatever names it makes up and
 * whatever its records hold: lines stay lines, JSON parses, and nothing is read that was not captured.
 */
#include "render_rig.h"

/* Printable ASCII and valid UTF-8 without controls, whatever the name of the file was. */
static void assert_harmless(const char *line)
{
	size_t n = strlen(line);

	for (size_t i = 0; i + 1 < n; i++) {
		unsigned char c = (unsigned char)line[i];

		assert_true(c >= 0x20 && c != 0x7f);
		assert_false(c == 0xc2 && (unsigned char)line[i + 1] < 0xa0);
	}
	assert_int_equal(line[n - 1], '\n');
}

static void test_hostile(void **state)
{
	static const char *const formats[] = { "human", "strace", "json" };
	const char *names[] = { "\033]0;owned\007", "\xc2\x9b[31m", "\xff\xfe", "a\nb",
				"\xe2\x80\xaegpj.exe", "\xf0\x9f\x98\x80", "\\\"\x7f" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t k = 0; k < 3; k++) {
			struct render r = render_as(formats[k]);

			build_task(&b, BUILD_PID, names[i]);
			facts_apply(facts, &b.h);
			BUILD_CALL(&b, "unlink", 0, 0x1000);
			build_str(&b, 0, names[i]);
			assert_harmless(show(&r));
			build_path_fd(&b, 9, names[i]);
			facts_apply(facts, &b.h);
			BUILD_CALL(&b, "close", 0, 9);
			r.view.fds = true;
			assert_harmless(show(&r));
		}
		BUILD_CALL(&b, "unlink", 0, 0x1000);
		build_str(&b, 0, names[i]);
		json_object_put(json_parsed());
	}
	build_task(&b, BUILD_PID, "cat");
	facts_apply(facts, &b.h);
}

/* Every call of the table with made-up arguments and items: nothing is read that was not captured. */
static void test_every_row(void **state)
{
	static const char *const formats[] = { "human", "strace", "json" };

	(void)state;
	srandom(7);
	for (unsigned int id = 0; id < SC_ID_OTHER; id++) {
		if (!sc_by_id(id))
			continue;
		for (int round = 0; round < 60; round++) {
			uint64_t args[TR_MAX_ARGS];
			uint8_t data[256];

			for (int i = 0; i < TR_MAX_ARGS; i++)
				args[i] = (uint64_t)random() >> (random() % 32);
			build_nr(&b, id, random() % 3 ? random() % 20 : -(random() % 600), args);
			b.h.flags = (uint16_t)(random() % 8);
			b.call.abi = random() % 4 ? TR_ABI_X86_64 : TR_ABI_I386;
			for (int i = 0; i < 8; i++) {
				struct build_part part = { (uint8_t)(i % 6),
							   random() % 2 ? 0 : (uint8_t)(random() % 10),
							   (uint8_t)(random() % 8),
							   (uint8_t)(random() % 3) };

				for (size_t k = 0; k < sizeof(data); k++)
					data[k] = random() % 3 ? 0 : (uint8_t)random();
				build_part(&b, part, data, (size_t)random() % sizeof(data));
			}
			for (int k = 0; k < 3; k++) {
				struct render r = render_as(formats[k]);

				assert_harmless(show(&r));
			}
			json_object_put(json_parsed());
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_every_row),
	};

	return cmocka_run_group_tests(tests, set_up_fds, tear_down);
}
