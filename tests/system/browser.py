# SPDX-License-Identifier: GPL-2.0-or-later
"""A Chromium without a window, driven over its debugging pipe."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from het import Failure, expect, wait_until

PROGRAMS = ('chromium', 'chromium-browser', 'google-chrome')
SECONDS = 60


def program():
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Browser:
    """`with Browser() as browser: browser.open(URL)`; one page"""

    def __init__(self, width=1280, height=1000):
        self._size = width, height
        self._number = 0
        self._rest = b''
        self._session = None
        self.exceptions = []

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix='hetctl-chromium.')
        ours, theirs = os.pipe(), os.pipe()
        self._write, self._read = ours[1], theirs[0]
        width, height = self._size
        # The pipe is at 3 and 4. All of it is ours: there is no one to keep out.
        self._process = subprocess.Popen(
            ['bash', '-c', f'exec "$@" 3<&{ours[0]} 4>&{theirs[1]}', 'bash',
             program(), '--headless=new', '--remote-debugging-pipe',
             '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
             '--no-first-run', '--disable-background-networking',
             f'--user-data-dir={self._folder.name}/profile',
             f'--window-size={width},{height}', 'about:blank'],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, pass_fds=(ours[0], theirs[1]),
            env={**os.environ, 'HOME': self._folder.name})
        os.close(ours[0])
        os.close(theirs[1])
        try:
            target = self.call('Target.createTarget', url='about:blank')
            self._session = self.call(
                'Target.attachToTarget', flatten=True,
                targetId=target['targetId'])['sessionId']
            self.call('Page.enable')
            self.call('Runtime.enable')
            self.call('Emulation.setDeviceMetricsOverride', width=width,
                      height=height, deviceScaleFactor=1, mobile=False)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)
        # What Chromium has started ends a little later, and may write yet.
        wait_until(self._is_removed, 'the profile is removed')
        self._folder.cleanup()

    def _is_removed(self):
        shutil.rmtree(self._folder.name, ignore_errors=True)
        return not os.path.exists(self._folder.name)

    def _message(self, end):
        while b'\0' not in self._rest:
            left = max(end - time.monotonic(), 0)
            expect(select.select([self._read], [], [], left)[0],
                   'Chromium does not answer')
            data = os.read(self._read, 1 << 16)
            expect(data, 'Chromium has ended')
            self._rest += data
        text, self._rest = self._rest.split(b'\0', 1)
        return json.loads(text)

    def call(self, method, **params):
        """Its result"""
        self._number += 1
        request = {'id': self._number, 'method': method, 'params': params}
        if self._session:
            request['sessionId'] = self._session
        os.write(self._write, json.dumps(request).encode() + b'\0')
        end = time.monotonic() + SECONDS
        while True:
            message = self._message(end)
            if message.get('method') == 'Runtime.exceptionThrown':
                details = message['params']['exceptionDetails']
                self.exceptions.append(
                    details.get('exception', {}).get('description') or
                    details['text'])
            if message.get('id') == self._number:
                if 'error' in message:
                    raise Failure(f"{method}: {message['error']}")
                return message['result']

    def open(self, url):
        self.call('Page.navigate', url=url)

    def evaluate(self, expression):
        done = self.call('Runtime.evaluate', expression=expression,
                         awaitPromise=True, returnByValue=True)
        if 'exceptionDetails' in done:
            raise Failure(f"{expression}: {done['exceptionDetails']}")
        return done['result'].get('value')

    def texts(self, selector):
        """Of all elements; none that is hidden"""
        return self.evaluate(
            f'[...document.querySelectorAll({json.dumps(selector)})]'
            '.filter(e => e.offsetParent !== null).map(e => e.innerText)')

    def text(self, selector):
        return '\n'.join(self.texts(selector))

    def wait(self, selector, pattern, timeout=30):
        """Until it has that text"""
        try:
            wait_until(lambda: pattern in self.text(selector),
                       f'{selector} with {pattern!r}', timeout)
        except Failure as error:
            raise Failure(f'{error}; it has {self.text(selector)!r}; page: '
                          f'{self.evaluate("document.body.innerText")[:1500]}') from error

    def click(self, selector, text):
        """A button with that text, where a mouse would press it"""
        find = (f'[...document.querySelectorAll({json.dumps(selector)})].find('
                f'e => e.innerText.trim() === {json.dumps(text)} && '
                '!e.disabled && e.offsetParent !== null)')
        wait_until(lambda: self.evaluate(f'Boolean({find})'),
                   f'{selector} {text!r}', 30)
        place = self.evaluate(
            f'(() => {{ const e = {find}; e.scrollIntoView({{block: "center"}});'
            'const r = e.getBoundingClientRect();'
            'return [r.x + r.width / 2, r.y + r.height / 2]; })()')
        for kind in ('mousePressed', 'mouseReleased'):
            self.call('Input.dispatchMouseEvent', type=kind, x=place[0],
                      y=place[1], button='left', clickCount=1)

    def type(self, text):
        """To what has the focus; \\n is Enter"""
        for c in text:
            key = {'key': 'Enter', 'code': 'Enter', 'text': '\r',
                   'windowsVirtualKeyCode': 13} if c == '\n' else \
                {'key': c, 'text': c}
            self.call('Input.dispatchKeyEvent', type='keyDown', **key)
            key.pop('text')
            self.call('Input.dispatchKeyEvent', type='keyUp', **key)

    def screenshot(self, path):
        data = self.call('Page.captureScreenshot', format='png')['data']
        with open(path, 'wb') as file:
            file.write(base64.b64decode(data))
